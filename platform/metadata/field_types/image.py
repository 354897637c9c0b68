"""One picture, or several: files that are images."""

from __future__ import annotations

from fieldstone.metadata.field_types.file import File


class Image(File):
    name = "image"
    label = {"en": "Image", "zh_CN": "图片"}
    widget = "image"

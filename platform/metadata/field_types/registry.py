"""Every type of field, in the order the builder offers them."""

from __future__ import annotations

from fieldstone.kernel.registry import Registry
from fieldstone.metadata.field_types.address import Address
from fieldstone.metadata.field_types.autonumber import Autonumber
from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.field_types.boolean import Boolean
from fieldstone.metadata.field_types.color import Color
from fieldstone.metadata.field_types.currency import Currency
from fieldstone.metadata.field_types.date import Date
from fieldstone.metadata.field_types.datetime import DateTime
from fieldstone.metadata.field_types.decimal import Decimal
from fieldstone.metadata.field_types.duration import Duration
from fieldstone.metadata.field_types.email import Email
from fieldstone.metadata.field_types.file import File
from fieldstone.metadata.field_types.formula import Formula
from fieldstone.metadata.field_types.geo_point import GeoPoint
from fieldstone.metadata.field_types.image import Image
from fieldstone.metadata.field_types.integer import Integer
from fieldstone.metadata.field_types.json import Json
from fieldstone.metadata.field_types.long_text import LongText
from fieldstone.metadata.field_types.lookup import Lookup
from fieldstone.metadata.field_types.many_to_many import ManyToMany
from fieldstone.metadata.field_types.master_detail import MasterDetail
from fieldstone.metadata.field_types.multi_picklist import MultiPicklist
from fieldstone.metadata.field_types.percent import Percent
from fieldstone.metadata.field_types.person_name import PersonName
from fieldstone.metadata.field_types.phone import Phone
from fieldstone.metadata.field_types.picklist import Picklist
from fieldstone.metadata.field_types.polymorphic import Polymorphic
from fieldstone.metadata.field_types.rating import Rating
from fieldstone.metadata.field_types.region import Region
from fieldstone.metadata.field_types.rich_text import RichText
from fieldstone.metadata.field_types.rollup import Rollup
from fieldstone.metadata.field_types.secret import Secret
from fieldstone.metadata.field_types.signature import Signature
from fieldstone.metadata.field_types.text import Text
from fieldstone.metadata.field_types.time import Time
from fieldstone.metadata.field_types.url import Url
from fieldstone.metadata.field_types.user import User

TYPES: tuple[FieldType, ...] = (
    Text(),
    LongText(),
    RichText(),
    Email(),
    Phone(),
    Url(),
    Integer(),
    Decimal(),
    Percent(),
    Currency(),
    Boolean(),
    Date(),
    DateTime(),
    Time(),
    Duration(),
    Picklist(),
    MultiPicklist(),
    Autonumber(),
    User(),
    Lookup(),
    MasterDetail(),
    Polymorphic(),
    ManyToMany(),
    File(),
    Image(),
    Signature(),
    PersonName(),
    Address(),
    Region(),
    GeoPoint(),
    Rating(),
    Color(),
    Json(),
    Secret(),
    Formula(),
    Rollup(),
)

FIELD_TYPES: Registry[FieldType] = Registry("field type")
for _type in TYPES:
    FIELD_TYPES.add(_type)

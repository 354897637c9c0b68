"""What a save does to the record. In SQL, where there is no save, every record counts as saved
again unchanged: so a rule over existing rows finds those that a save would refuse."""

from __future__ import annotations

from sqlalchemy import false

from fieldstone.formula.ast import FieldRef, Value
from fieldstone.formula.comparison import comparable
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Function,
    Signature,
    TypeCheck,
    returns,
)
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.typed import Needs
from fieldstone.formula.types import BOOLEAN, Type
from fieldstone.formula.usage import KNOWS_NEW, KNOWS_OLD

FIELD = Argument("field")


def _is_field(check: TypeCheck) -> bool:
    if isinstance(check.operands[0].node, FieldRef):
        return True
    check.refuse(0, "FIELD_NEEDED")
    return False


def _changed_type(check: TypeCheck) -> Type | None:
    return BOOLEAN if _is_field(check) else None


def _prior_type(check: TypeCheck) -> Type | None:
    return check.operands[0].type if _is_field(check) else None


def _changed(call: Call) -> Value:
    """Nothing of a new record has changed."""
    if call.context.is_new:
        return False
    return comparable(call.value(0)) != comparable(call.old(0))  # type: ignore[no-any-return]  # of two values


FUNCTIONS = (
    Function(
        name="ISNEW",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=lambda call: call.context.is_new,
        to_sql=lambda _call: Sql(false()),
        needs=Needs.CHANGE,
        usages=KNOWS_NEW,
        documentation={
            "en": "TRUE while the record is being created.",
            "zh_CN": "记录正在新建时为真。",
        },
        examples=(("ISNEW()", "FALSE"),),
    ),
    Function(
        name="ISCLONE",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=lambda call: call.context.is_clone,
        to_sql=lambda _call: Sql(false()),
        needs=Needs.CHANGE,
        usages=KNOWS_NEW,
        documentation={
            "en": "TRUE while the record is being created as a copy of another one.",
            "zh_CN": "记录正在由另一条记录复制新建时为真。",
        },
        examples=(("ISCLONE()", "FALSE"),),
    ),
    Function(
        name="ISCHANGED",
        signature=Signature((FIELD,)),
        rule=_changed_type,
        evaluate=_changed,
        to_sql=lambda call: Sql(false(), call.pair(0).guard),
        needs=Needs.CHANGE,
        usages=KNOWS_OLD,
        documentation={
            "en": "TRUE if this save changes the field. In a new record nothing has changed.",
            "zh_CN": "本次保存更改了该字段时为真，新建的记录没有更改。",
        },
        examples=(("ISCHANGED(amount)", "FALSE"),),
    ),
    Function(
        name="PRIORVALUE",
        signature=Signature((FIELD,)),
        rule=_prior_type,
        evaluate=lambda call: call.old(0),
        to_sql=lambda call: call.pair(0),
        needs=Needs.CHANGE,
        usages=KNOWS_OLD,
        documentation={
            "en": "The value of the field before this save; blank in a new record.",
            "zh_CN": "该字段在本次保存之前的值，新建的记录为空。",
        },
        examples=(("PRIORVALUE(amount) - amount", "0"),),
    ),
)

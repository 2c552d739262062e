"""Any value of a message type, for hypothesis; and every type a message can hold, for the privacy test."""

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from engine.domain import Promotion, SkuId

INT64 = 2**63
FINITE = st.floats(allow_nan=False, allow_infinity=False)


def values_of(kind: object) -> st.SearchStrategy[Any]:
    """Valid values of a msgspec-supported type; what ``__post_init__`` refuses is left out."""
    return _values(inspect.type_info(kind))


def types_in(kind: object) -> set[type[inspect.Type]]:
    """The kind of every type within a message type, however deep."""
    return {type(each) for each in _walk(inspect.type_info(kind), set())}


def _values(info: inspect.Type) -> st.SearchStrategy[Any]:  # noqa: C901 - one case a type is the whole of it
    match info:
        case inspect.UnionType(types=types):
            return st.one_of([_values(each) for each in types])
        case inspect.StructType():
            return _structs(info)
        case inspect.VarTupleType(item_type=item):
            return st.lists(_values(item), min_size=info.min_length or 0, max_size=4).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*[_values(each) for each in items])
        case inspect.IntType():
            return st.integers(-INT64 if info.ge is None else info.ge, INT64 - 1)
        case inspect.FloatType():
            return FINITE.filter(lambda value: info.gt is None or value > info.gt)
        case inspect.StrType():
            return st.from_regex(info.pattern, fullmatch=True) if info.pattern else st.text(max_size=12)
        case inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.BytesType():
            return st.binary(max_size=40)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case _:
            raise NotImplementedError(f"no values for {info}")


def _structs(info: inspect.StructType) -> st.SearchStrategy[Any]:
    fields = {field.name: _values(field.type) for field in info.fields}
    if info.cls.__name__ == "PersonSeen":
        fields["keypoints"] = st.sampled_from([0, 51]).flatmap(
            lambda count: st.lists(FINITE, min_size=count, max_size=count).map(tuple)
        )
    if info.cls is Promotion:
        fields |= {"units": st.integers(2, 9), "sku_ids": st.just((SkuId("tea"), SkuId("jam")))}
        return st.one_of(
            st.builds(Promotion, **fields | {"free_units": st.just(1), "price_minor": st.none()}),
            st.builds(Promotion, **fields | {"free_units": st.just(0), "price_minor": st.integers(0, 999)}),
        )
    return st.builds(info.cls, **fields)


def _walk(info: inspect.Type, entered: set[type]) -> Iterator[inspect.Type]:
    yield info
    match info:
        case inspect.StructType(cls=cls) if cls not in entered:
            entered.add(cls)
            for field in info.fields:
                yield from _walk(field.type, entered)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            for each in types:
                yield from _walk(each, entered)
        case _:
            item = getattr(info, "item_type", None)
            if item is not None:
                yield from _walk(item, entered)


def messages_of(union: Any) -> list[type[msgspec.Struct]]:  # noqa: ANN401 - a union is not a type to mypy
    """The classes of a union of messages, or the one class."""
    return list(getattr(union, "__args__", (union,)))

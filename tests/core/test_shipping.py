"""Shipping options: offers, groups, shipments, choices, and what survives a new list."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mock_dintero.core.errors import InvalidShippingOption
from mock_dintero.core.order import Order
from mock_dintero.core.shipping import (
    ChosenShipping,
    ShippingOption,
    choose,
    groups,
    parts,
    require_consistent,
    require_offered,
    shipments,
    surviving,
    usable,
)


def parcel(make, line_id, shipment, amount=3900, items=("1",), **more):
    contents = [{"line_id": item, "quantity": 1} for item in items]
    return make.option(line_id, amount, shipment_id=shipment, shipment_items=contents, **more)


@pytest.mark.parametrize("missing", ["id", "line_id", "amount", "title", "operator"])
def test_an_option_needs_id_line_id_amount_title_and_operator(make, missing):
    option = make.option()
    del option[missing]

    with pytest.raises(ValidationError, match=missing):
        ShippingOption.model_validate(option)


def test_an_operator_may_be_empty_and_free_shipping_costs_0(make):
    option = make.option(amount=0, operator="")

    assert ShippingOption.model_validate(option).shown() == option


def test_fields_that_plugins_add_to_an_option_are_given_back(make):
    sent = make.option(
        quantity=1, type="shipping", metadata={"a": 1}, pay_in_store={"type": "full"}
    )

    assert ChosenShipping.model_validate(sent).shown() == sent


@pytest.mark.parametrize("method", ["delivery", "pick_up", "unspecified", "none"])
def test_the_four_delivery_methods_are_taken(make, method):
    assert make.offer(make.option(delivery_method=method))[0].delivery_method == method


def test_another_delivery_method_is_refused(make):
    with pytest.raises(ValidationError):
        make.offer(make.option(delivery_method="drone"))


def test_a_line_id_that_appears_twice_is_refused(make):
    with pytest.raises(InvalidShippingOption, match="'posten' appears twice"):
        require_consistent(make.offer(make.option("posten"), make.option("posten", 0)))


def test_options_of_one_product_share_their_id(make):
    require_consistent(make.offer(make.option("a", id="hent"), make.option("b", id="hent")))


def test_options_of_one_shipment_must_carry_the_same_items(make):
    offer = make.offer(parcel(make, "a", "s1"), parcel(make, "b", "s1", items=("1", "2")))

    with pytest.raises(InvalidShippingOption, match="'s1'"):
        require_consistent(offer)


def test_the_order_of_shipment_items_does_not_matter(make):
    require_consistent(
        make.offer(
            parcel(make, "a", "s1", items=("1", "2")), parcel(make, "b", "s1", items=("2", "1"))
        )
    )


def test_pick_up_points_of_one_product_are_one_group_in_the_merchants_order(make):
    home = make.option("home", 9900, delivery_method="delivery")
    points = [
        make.option(f"hent-{n}", 4900, id="hent", title="Hentested", delivery_method="pick_up")
        for n in (1, 2)
    ]
    offer = make.offer(points[0], home, points[1])

    assert [[o.line_id for o in group] for group in groups(offer)] == [
        ["hent-1", "hent-2"], ["home"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "x"), ("delivery_method", "delivery"), ("amount", 1), ("operator", "Bring"),
     ("title", "X")],
)  # fmt: skip
def test_options_that_differ_in_any_key_field_are_no_group(make, field, value):
    one = make.option("a", 4900, id="hent", title="Hentested", delivery_method="pick_up")

    assert len(groups(make.offer(one, {**one, "line_id": "b"}))) == 1
    assert len(groups(make.offer(one, {**one, "line_id": "b", field: value}))) == 2


def test_an_option_is_usable_in_its_countries_and_everywhere_without_them(make):
    offer = make.offer(
        make.option("no", countries=["NO", "SE"]),
        make.option("dk", countries=["DK"]),
        make.option("all"),
        make.option("empty", countries=[]),
    )

    assert [o.line_id for o in usable(offer, "NO")] == ["no", "all", "empty"]
    assert [o.line_id for o in usable(offer, None)] == ["no", "dk", "all", "empty"]


def test_a_choice_is_the_option_itself_with_all_its_fields(make):
    offer = make.offer(make.option("a"), make.option("b", 9900, colour="red", vat=25.0))

    chosen = choose(offer, ["b"])

    assert isinstance(chosen, ChosenShipping)
    assert chosen.shown() == offer[1].shown()


def test_a_choice_can_be_written_and_read_again(make):
    chosen = choose(make.offer(make.option("a", colour="red")), ["a"])

    assert ChosenShipping.model_validate_json(chosen.model_dump_json(exclude_unset=True)) == chosen


def test_fields_with_awkward_names_survive_the_choice(make):
    chosen = choose(make.offer(make.option("a", copy="x", json={"b": 1})), ["a"])

    assert chosen.shown() == make.option("a", copy="x", json={"b": 1})


@pytest.mark.parametrize("line_ids", [["c"], ["a", "c"], []])
def test_what_is_not_on_offer_cannot_be_chosen(make, line_ids):
    with pytest.raises(InvalidShippingOption) as refused:
        choose(make.offer(make.option("a"), make.option("b")), line_ids)

    assert refused.value.code == "INVALID_SHIPPING_OPTION"


def test_nothing_can_be_chosen_from_an_empty_offer():
    with pytest.raises(InvalidShippingOption, match="there is nothing"):
        choose((), ["a"])


def test_one_parcel_takes_one_option(make):
    with pytest.raises(InvalidShippingOption, match="exactly one option for each of 1"):
        choose(make.offer(make.option("a"), make.option("b")), ["a", "b"])


def test_naming_an_option_twice_chooses_it_once(make):
    assert choose(make.offer(make.option("a")), ["a", "a"]).line_id == "a"


def test_each_of_several_shipments_has_its_own_option(make):
    offer = make.offer(
        parcel(make, "a1", "s1", 3900), parcel(make, "a2", "s1", 9900),
        parcel(make, "b1", "s2", 4900, items=("2",)),
    )  # fmt: skip

    chosen = choose(offer, ["a2", "b1"])

    assert list(shipments(offer)) == ["s1", "s2"]
    assert chosen.amount == 14800
    assert [option.line_id for option in chosen.shipments] == ["a2", "b1"]
    assert parts(chosen) == (offer[1], offer[2])
    assert not {"splits", "fee_split", "pay_in_store"} & set(chosen.shown())


@pytest.mark.parametrize("line_ids", [["a1"], ["a1", "a2"], ["a1", "a2", "b1"]])
def test_a_choice_for_several_shipments_leaves_none_out_and_takes_none_twice(make, line_ids):
    offer = make.offer(
        parcel(make, "a1", "s1"), parcel(make, "a2", "s1"), parcel(make, "b1", "s2", items=("2",))
    )

    with pytest.raises(InvalidShippingOption, match="exactly one option for each of 2"):
        choose(offer, line_ids)


@pytest.mark.parametrize("count", [0, 1])
def test_a_choice_with_shipments_holds_at_least_two(make, count):
    sent = make.option(shipments=[make.option(f"s{n}") for n in range(count)])

    with pytest.raises(ValidationError):
        ChosenShipping.model_validate(sent)


def test_two_shipments_are_taken_from_a_merchant(make):
    sent = make.option(amount=8800, shipments=[make.option("a"), make.option("b", 4900)])

    assert ChosenShipping.model_validate(sent).shown() == sent


def test_the_option_with_the_same_line_id_survives_with_its_new_values(make):
    old = choose(make.offer(make.option("a", 3900), make.option("b")), ["a"])
    offer = make.offer(make.option("b"), make.option("a", 5900, title="Dearer"))

    kept = surviving(old, offer)

    assert kept.shown() == offer[1].shown()


def test_an_option_that_left_the_list_does_not_survive(make):
    old = choose(make.offer(make.option("a")), ["a"])

    assert surviving(old, make.offer(make.option("b"), make.option("c"))) is None
    assert surviving(old, ()) is None


def test_a_single_option_is_chosen_for_the_customer(make):
    old = choose(make.offer(make.option("a")), ["a"])

    assert surviving(None, make.offer(make.option("b"))).line_id == "b"
    assert surviving(old, make.offer(make.option("b"))).line_id == "b"
    assert surviving(None, make.offer(make.option("b"), make.option("c"))) is None


def test_several_shipments_survive_together_or_not_at_all(make):
    def offer(*amounts):
        contents = [("a", "s1", "1"), ("b", "s2", "2"), ("c", "s2", "2")]
        return make.offer(
            *(parcel(make, name, shipment, amount, items=(item,))
              for (name, shipment, item), amount in zip(contents, amounts, strict=False))
        )  # fmt: skip

    old = choose(offer(100, 200, 300), ["a", "c"])

    assert surviving(old, offer(110, 210, 310)).amount == 420
    assert surviving(old, offer(110, 210)) is None


def test_a_choice_does_not_survive_shipments_that_are_cut_differently(make):
    old = choose(make.offer(make.option("a"), make.option("b")), ["a"])
    cut = make.offer(parcel(make, "a", "s1"), parcel(make, "b", "s2", items=("2",)))

    assert surviving(old, cut) is None


def test_a_choice_has_itself_or_its_shipments_as_parts(make):
    order = Order.model_validate(make.order_json(shipping_option=make.option()))

    assert parts(None) == ()
    assert parts(order.shipping_option) == (order.shipping_option,)


def test_a_merchants_option_must_be_on_its_list_by_line_id(make):
    option = ChosenShipping.model_validate(make.option("a", 1))

    require_offered(option, make.offer(make.option("a", 3900)))
    with pytest.raises(InvalidShippingOption, match="'a' is not in"):
        require_offered(option, make.offer(make.option("b", id="a")))


def test_each_shipment_of_a_merchants_option_must_be_on_its_list(make):
    option = ChosenShipping.model_validate(
        make.option("both", 8800, shipments=[make.option("a"), make.option("b", 4900)])
    )

    require_offered(option, make.offer(make.option("a"), make.option("b")))
    with pytest.raises(InvalidShippingOption, match="'b'"):
        require_offered(option, make.offer(make.option("a"), make.option("both")))

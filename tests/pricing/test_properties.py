"""What holds for every basket under every rule."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sales_portal.pricing import engine
from sales_portal.pricing.discounts import WhyNot
from sales_portal.pricing.engine import Line, Rules, Shipping
from sales_portal.pricing.tax import TaxOnShipping, tax_in, tax_on
from tests.pricing.baskets import AT, baskets, line_lists, rule_sets


@given(line_lists(), rule_sets())
def test_the_total_is_the_sum_of_its_parts(lines: list[Line], rules: Rules) -> None:
    """M160: whole minor units, and nothing beside the lines."""
    quote = engine.quote(lines, rules, AT)
    assert quote.total_amount == sum(line.line_amount for line in quote.all_lines)
    on_top = 0 if rules.is_tax_included else quote.tax_amount
    assert quote.total_amount == (
        quote.items_amount - quote.discount_amount + quote.shipping_amount + on_top - quote.tax_waived_amount)
    assert quote.tax_amount == sum(quote.taxes.values())
    assert quote.items_count == sum(line.quantity for line in lines)
    assert [line.key for line in quote.lines] == [line.key for line in lines]


@given(line_lists(), rule_sets())
def test_every_line_adds_up_by_itself(lines: list[Line], rules: Rules) -> None:
    for line in engine.quote(lines, rules, AT).all_lines:
        on_top = 0 if line.is_tax_included else line.tax_amount
        assert line.line_amount == (
            line.unit_amount * line.quantity - line.discount_amount - line.tax_waived_amount + on_top)


@given(line_lists(), rule_sets())
def test_nothing_is_ever_negative(lines: list[Line], rules: Rules) -> None:
    quote = engine.quote(lines, rules, AT)
    for line in quote.all_lines:
        assert line.line_amount >= 0
        assert 0 <= line.discount_amount <= line.items_amount
        assert line.tax_amount >= 0
        assert line.tax_waived_amount >= 0
    assert quote.shipping_ignored_amount >= 0


@given(baskets(), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_amount_of_any_line(basket: tuple[list[Line], Rules], random: Random) -> None:
    lines, rules = basket
    turned = random.sample(lines, len(lines))
    one, other = engine.quote(lines, rules, AT), engine.quote(turned, rules, AT)
    assert sorted(one.lines, key=lambda line: line.key) == sorted(other.lines, key=lambda line: line.key)
    assert replace(one, lines=()) == replace(other, lines=())


@given(baskets(), st.randoms(use_true_random=False))
def test_numbering_the_lines_anew_changes_no_total(basket: tuple[list[Line], Rules], random: Random) -> None:
    lines, rules = basket
    keys = random.sample(range(1, len(lines) + 1), len(lines))
    renumbered = [replace(line, key=key) for line, key in zip(lines, keys, strict=True)]
    one, other = engine.quote(lines, rules, AT), engine.quote(renumbered, rules, AT)
    assert replace(one, lines=(), discounts=()) == replace(other, lines=(), discounts=())
    assert [taken.amount for taken in one.discounts] == [taken.amount for taken in other.discounts]
    assert one.total_amount == other.total_amount


@given(line_lists(), rule_sets())
def test_a_discount_that_applies_is_given_to_the_last_minor_unit(lines: list[Line], rules: Rules) -> None:
    quote = engine.quote(lines, rules, AT)
    left = {line.key: line.items_amount for line in quote.lines}
    products = {line.key: line.product_id for line in lines}
    for taken in quote.discounts:
        reached = sum(amount for key, amount in left.items() if taken.rule.reaches(products[key]))
        if taken.rule.fixed_amount is not None:
            assert taken.amount == min(taken.rule.fixed_amount, reached)
        else:
            assert abs(taken.amount * 100_000 - reached * (taken.rule.percent or 0)) * 2 <= 100_000
        assert taken.parts.keys() == {key for key in left if taken.rule.reaches(products[key])}
        left = {key: amount - taken.parts.get(key, 0) for key, amount in left.items()}
    assert quote.discount_amount == sum(taken.amount for taken in quote.discounts)
    assert {line.key: line.taxed_amount for line in quote.lines} == left


@given(line_lists(), rule_sets())
def test_every_discount_is_taken_or_refused_with_a_reason(lines: list[Line], rules: Rules) -> None:
    quote = engine.quote(lines, rules, AT)
    taken, refused = [one.rule for one in quote.discounts], [one.rule for one in quote.refused]
    assert sorted(rule.id for rule in taken + refused) == [rule.id for rule in rules.discounts]
    assert len(taken) <= 1 or all(rule.is_combinable for rule in taken)
    for one in quote.refused:
        assert one.beside == (tuple(taken) if one.why is WhyNot.NOT_COMBINABLE else ())


@given(line_lists(), rule_sets())
def test_no_other_way_to_combine_the_discounts_costs_the_customer_less(lines: list[Line], rules: Rules) -> None:
    plain = replace(rules, shipping=None)
    chosen = engine.quote(lines, plain, AT).total_amount
    for rule in rules.discounts:
        alone = engine.quote(lines, replace(plain, discounts=(rule,)), AT)
        assert rule.is_combinable or chosen <= alone.total_amount
    together = tuple(rule for rule in rules.discounts if rule.is_combinable)
    assert chosen <= engine.quote(lines, replace(plain, discounts=together), AT).total_amount


@given(line_lists(), rule_sets(), st.randoms(use_true_random=False))
def test_the_order_of_discounts_changes_nothing(lines: list[Line], rules: Rules, random: Random) -> None:
    turned = tuple(random.sample(rules.discounts, len(rules.discounts)))
    assert engine.quote(lines, replace(rules, discounts=turned + turned[:1]), AT) == engine.quote(lines, rules, AT)


@given(line_lists(), rule_sets())
def test_reversed_tax_is_neither_charged_nor_kept_in_the_price(lines: list[Line], rules: Rules) -> None:
    charged = engine.quote(lines, replace(rules, ignores_tax=False, is_reverse_charged=False), AT)
    reversed_ = engine.quote(lines, replace(rules, is_reverse_charged=True), AT)
    assert reversed_.total_amount == charged.total_amount - charged.tax_amount
    assert reversed_.taxes == {}


@given(line_lists(), rule_sets())
def test_shipping_is_split_over_the_rates_of_the_goods_without_losing_a_minor_unit(
        lines: list[Line], rules: Rules) -> None:
    standard, split = (engine.quote(lines, replace(rules, tax_on_shipping=one), AT) for one in TaxOnShipping)
    assert split.shipping_amount == standard.shipping_amount
    assert len(standard.shipping_lines) <= 1
    rates = [line.tax_rate for line in split.shipping_lines]
    assert rates == sorted(set(rates), reverse=True)
    if any(line.ships and line.items_amount for line in lines) and not split.discounts:
        assert set(rates) <= {rules.tax_rates[line.tax_class] for line in lines if line.ships}


@given(line_lists(), rule_sets())
def test_the_same_values_give_the_same_quote(lines: list[Line], rules: Rules) -> None:
    assert engine.quote(lines, rules, AT) == engine.quote(list(lines), replace(rules), AT)


@given(line_lists(), rule_sets())
def test_ignoring_shipping_takes_off_exactly_the_shipping_and_its_tax(lines: list[Line], rules: Rules) -> None:
    charged = engine.quote(lines, replace(rules, ignores_shipping=False), AT)
    ignored = engine.quote(lines, replace(rules, ignores_shipping=True), AT)
    assert charged.total_amount - ignored.total_amount == sum(line.line_amount for line in charged.shipping_lines)
    assert ignored.shipping_ignored_amount == charged.shipping_amount
    assert ignored.lines == charged.lines


@given(line_lists(), rule_sets())
def test_ignoring_tax_lowers_the_total_by_the_tax_unless_the_site_keeps_included_tax(
        lines: list[Line], rules: Rules) -> None:
    charged = engine.quote(lines, replace(rules, ignores_tax=False, is_reverse_charged=False), AT)
    ignored = engine.quote(lines, replace(rules, ignores_tax=True, is_reverse_charged=False), AT)
    keeps = rules.is_tax_included and not rules.waives_included_tax
    assert charged.total_amount - ignored.total_amount == (0 if keeps else charged.tax_amount)
    assert ignored.tax_amount == 0
    assert ignored.taxes == {}


@given(st.integers(0, 10**15), st.integers(0, 100_000))
def test_tax_put_on_top_is_the_tax_found_inside(net: int, rate: int) -> None:
    tax = tax_on(net, rate)
    assert tax_in(net + tax, rate) == tax


@given(st.integers(0, 10**15), st.integers(0, 100_000))
def test_tax_taken_out_and_put_on_again_agrees_within_one_minor_unit(gross: int, rate: int) -> None:
    net = gross - tax_in(gross, rate)
    assert abs(net + tax_on(net, rate) - gross) <= 1


@given(line_lists(), rule_sets())
def test_a_pricelist_with_tax_inside_and_its_twin_without_agree_line_by_line(lines: list[Line], rules: Rules) -> None:
    plain = replace(rules, discounts=(), shipping=None, ignores_tax=False, is_tax_included=False,
                    is_reverse_charged=False)
    net = [replace(line, quantity=1) for line in lines]
    added = engine.quote(net, plain, AT)
    gross = [replace(line, unit_amount=priced.line_amount) for line, priced in zip(net, added.lines, strict=True)]
    included = engine.quote(gross, replace(plain, is_tax_included=True), AT)
    assert [line.tax_amount for line in included.lines] == [line.tax_amount for line in added.lines]
    assert [line.line_amount for line in included.lines] == [line.line_amount for line in added.lines]


@given(line_lists(), rule_sets())
def test_the_parcel_is_what_shipping_is_priced_by(lines: list[Line], rules: Rules) -> None:
    parcel, quote = engine.parcel(lines, rules, AT), engine.quote(lines, rules, AT)
    assert parcel.items_amount == quote.items_amount - quote.discount_amount
    assert parcel.ships == (quote.shipping is not Shipping.NOT_NEEDED)
    if quote.shipping in {Shipping.CHARGED, Shipping.FREE} and rules.shipping is not None:
        assert quote.shipping_amount == rules.shipping.price(parcel.grams, parcel.items_amount)


@given(line_lists(max_size=6), rule_sets())
def test_only_whole_numbers_come_out(lines: list[Line], rules: Rules) -> None:
    for line in engine.quote(lines, rules, AT).all_lines:
        amounts = (line.unit_amount, line.discount_amount, line.tax_amount, line.tax_waived_amount, line.line_amount)
        assert all(type(amount) is int for amount in amounts)

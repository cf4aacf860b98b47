import pytest

from lepton_jupyter.events.quantities import Budget, Price
from lepton_jupyter.exceptions.budget_errors import InvalidBudgetError, UnpricedBudgetError


@pytest.mark.parametrize(
    ("text", "price", "n_cores", "seconds", "trials"),
    [
        ("0.10EUR", "0.05EUR", 2, 3600.0, None),
        ("0.10EUR", "0.05EUR", 1, 7200.0, None),
        ("1USD,40trials", "2USD", 4, 450.0, 40),
    ],
)
def test_money_buys_the_time_of_all_cores(text, price, n_cores, seconds, trials):
    budget = Budget.parse(text, core_hour_price=price, n_cores=n_cores)
    assert (budget.seconds, budget.trials) == (pytest.approx(seconds), trials)


@pytest.mark.parametrize("price", [None, "0.05USD"])
def test_money_without_a_price_in_its_currency_is_refused(price):
    with pytest.raises(UnpricedBudgetError, match=r"--core-hour-price 0\.05EUR"):
        Budget.parse("0.10EUR", core_hour_price=price)


@pytest.mark.parametrize("text", ["0.10eur", "EUR", "0EUR", "1EUR,5m", "1 EUR"])
def test_what_is_neither_time_nor_money_is_no_budget(text):
    with pytest.raises(InvalidBudgetError, match="is not a positive time"):
        Budget.parse(text, core_hour_price="1EUR")


@pytest.mark.parametrize(
    ("amount", "shown"), [(12.5, "12.50 EUR"), (0.05, "0.050 EUR"), (0.00042, "0.00042 EUR"), (1234.0, "1,234.00 EUR")]
)
def test_a_price_shows_two_digits_that_matter(amount, shown):
    assert str(Price(amount=amount, currency="EUR")) == shown

from __future__ import annotations

import pickle

import pytest

from lepton_jupyter.exceptions.lepton_error import LeptonError
from lepton_jupyter.magics.cluster_verb import ClusterRequest
from lepton_jupyter.magics.compare_verb import CompareRequest
from lepton_jupyter.magics.config_verb import ConfigRequest
from lepton_jupyter.magics.cost_verb import CostRequest
from lepton_jupyter.magics.evaluate_verb import EvaluateRequest
from lepton_jupyter.magics.export_verb import ExportRequest
from lepton_jupyter.magics.fit_verb import FitRequest
from lepton_jupyter.magics.form_request import FormRequest
from lepton_jupyter.magics.help_verb import HelpRequest
from lepton_jupyter.magics.leaderboard_verb import LeaderboardRequest
from lepton_jupyter.magics.line_parser import parse_line
from lepton_jupyter.magics.predict_verb import PredictRequest
from lepton_jupyter.magics.resume_verb import ResumeRequest
from lepton_jupyter.magics.runs_verb import RunsRequest
from lepton_jupyter.magics.show_verb import ShowRequest
from lepton_jupyter.magics.stop_verb import StopRequest
from lepton_jupyter.magics.stream_verb import StreamRequest
from lepton_jupyter.magics.verbs import FUTURE_VERBS, VERBS

NAMES = {"df": object(), "limit": "5m", "others": ["a b", "c"], "run_id": "churn-1"}


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        ("fit df --target churn", FitRequest(table="df", target="churn")),
        ("fit --target churn df", FitRequest(table="df", target="churn")),
        ("fit df[df.x > 0] --target=churn", FitRequest(table="df[df.x > 0]", target="churn")),
        ('fit df --target "total price"', FitRequest(table="df", target="total price")),
        ('fit df --target="total price"', FitRequest(table="df", target="total price")),
        ("fit df --target '--churn'", FitRequest(table="df", target="--churn")),
        ("fit df --target y --budget {limit}", FitRequest(table="df", target="y", budget="5m")),
        ("fit df --target y --drop a,b", FitRequest(table="df", target="y", drop=("a", "b"))),
        ("fit df --target y --drop a, b ,c", FitRequest(table="df", target="y", drop=("a", "b", "c"))),
        ('fit df --target y --drop "a,b",c', FitRequest(table="df", target="y", drop=("a,b", "c"))),
        ("fit df --target y --drop $others", FitRequest(table="df", target="y", drop=("a b", "c"))),
        ("fit df --target y --positive -1", FitRequest(table="df", target="y", positive="-1")),
        ("fit df --target y --no-wait", FitRequest(table="df", target="y", wait=False)),
        ("fit df --target y --wait", FitRequest(table="df", target="y", wait=True)),
        ("fit df --target y --test df2[df2.x > 0]", FitRequest(table="df", target="y", test="df2[df2.x > 0]")),
        (
            "fit df --target y --trials 4 --task binary --metric roc_auc --learners a,b --folds 3 --name n --seed 7"
            " --keep-models best --core-hour-price 0.05EUR",
            FitRequest(table="df", target="y", trials=4, task="binary", metric="roc_auc", learners=("a", "b"), folds=3,
                       name="n", seed=7, keep_models="best", core_hour_price="0.05EUR"),
        ),
        (
            "fit df --target y --budget 0.10EUR --core-hour-price 0.05EUR",
            FitRequest(table="df", target="y", budget="0.10EUR", core_hour_price="0.05EUR"),
        ),
        ("fit df --target y --groups 'the shop' --learn-groups",
         FitRequest(table="df", target="y", groups="the shop", learn_groups=True)),
        ("fit df --target y --time day --weights w --queue",
         FitRequest(table="df", target="y", time="day", weights="w", queue=True)),
        ("fit df --target y --without a", FitRequest(table="df", target="y", without=("a",))),
        ("predict df", PredictRequest(table="df")),
        ("predict df --run churn-1 --proba", PredictRequest(table="df", run="churn-1", proba=True)),
        ("predict df --threshold 0.3", PredictRequest(table="df", threshold=0.3)),
        ("predict df --threshold tuned", PredictRequest(table="df", threshold="tuned")),
        ("predict df --interval 90%", PredictRequest(table="df", interval=0.9)),
        ("predict df --quantiles .1,50%, 0.9", PredictRequest(table="df", quantiles=(0.1, 0.5, 0.9))),
        ("predict df --set 0.95", PredictRequest(table="df", label_set=0.95)),
        ("evaluate", EvaluateRequest()),
        ("evaluate df --run a --cost-fp 1 --cost-fn 5", EvaluateRequest(table="df", run="a", cost_fp=1.0, cost_fn=5.0)),
        ("evaluate df --tune f1 --train df2", EvaluateRequest(table="df", tune="f1", train="df2")),
        ("evaluate df --threshold 0.3", EvaluateRequest(table="df", threshold=0.3)),
        ("compare a b", CompareRequest(first="a", second="b")),
        (
            "stream a --from df --to redis://localhost/scored --keep a,b --time t --speed 10x"
            " --on-drift challenger --challenger-budget 9s",
            StreamRequest(
                run="a", source="df", sink="redis://localhost/scored", keep=("a", "b"), time="t", speed="10x",
                on_drift="challenger", challenger_budget="9s",
            ),
        ),
        (
            "stream a --from df --to scored/ --time t --window 10m,1h/10m --entity who --lateness 30s",
            StreamRequest(
                run="a", source="df", sink="scored/", time="t", window=("10m", "1h/10m"), entity="who", lateness="30s"
            ),
        ),
        (
            "stream a --from kafka://h:9092/t --to redis://h/s --workers 4 --detach",
            StreamRequest(run="a", source="kafka://h:9092/t", sink="redis://h/s", workers=4, detach=True),
        ),
        (
            "stream a --from df --to scored/ --labels y --learn boosting",
            StreamRequest(run="a", source="df", sink="scored/", labels="y", learn="boosting"),
        ),
        ("compare a b c --test df", CompareRequest(first="a", second="b", third="c", test="df")),
        ("predict 'a b.csv' --to o.csv --keep id,b", PredictRequest(table="'a b.csv'", to="o.csv", keep=("id", "b"))),
        (
            "predict df --to t --connection $URL --replace",
            PredictRequest(table="df", to="t", connection="$URL", replace=True),
        ),
        (
            "fit --sql 'select * from t where a > :low' --connection sqlite:///a.db --target y",
            FitRequest(sql="select * from t where a > :low", connection="sqlite:///a.db", target="y"),
        ),
        (r"fit C:\data\new.csv --target y", FitRequest(table=r"C:\data\new.csv", target="y")),
        ("fit data/*.csv --target y --test t.csv", FitRequest(table="data/*.csv", target="y", test="t.csv")),
        ("runs", RunsRequest()),
        ("runs --remove churn-1", RunsRequest(remove="churn-1")),
        ("runs --older 30d", RunsRequest(older="30d")),
        ("show churn-1 --trust", ShowRequest(run="churn-1", trust=True)),
        ("show {run_id}", ShowRequest(run="churn-1")),
        ("leaderboard", LeaderboardRequest()),
        ("leaderboard --run 'my run'", LeaderboardRequest(run="my run")),
        ("cost", CostRequest()),
        ("cost churn-1 --core-hour-price 0.05EUR", CostRequest(run="churn-1", core_hour_price="0.05EUR")),
        ("export --to churn.zip", ExportRequest(to="churn.zip")),
        ("export churn-1 --to 'my model.py' --trial 0", ExportRequest(run="churn-1", to="my model.py", trial=0)),
        ("export --run churn-1 --to a.zip --overwrite", ExportRequest(run="churn-1", to="a.zip", overwrite=True)),
        ("stop", StopRequest()),
        ("stop churn-1", StopRequest(run="churn-1")),
        ("stop --run churn-1", StopRequest(run="churn-1")),
        ("resume churn-1", ResumeRequest(run="churn-1")),
        (
            "resume churn-1 --budget 40trials --trust --wait",
            ResumeRequest(run="churn-1", budget="40trials", trust=True, wait=True),
        ),
        ("resume orders --detach", ResumeRequest(run="orders", detach=True)),
        ("cluster", ClusterRequest()),
        ("cluster local", ClusterRequest(what="local")),
        ("cluster local 4", ClusterRequest(what="local", n_workers=4)),
        ("cluster off", ClusterRequest(what="off")),
        ("cluster tcp://10.0.0.5:8786", ClusterRequest(what="tcp://10.0.0.5:8786")),
        ("cluster localhost:8786", ClusterRequest(what="localhost:8786")),
        ("cluster tls://[::1]:8786", ClusterRequest(what="tls://[::1]:8786")),
        ("config", ConfigRequest()),
        ("help", HelpRequest()),
        ("help fit", HelpRequest(verb="fit")),
        ("", FormRequest()),
        ("  # nothing", FormRequest()),
        ("--help", HelpRequest()),
        ("fit -h", HelpRequest(verb="fit")),
        ("fit df --nonsense --help", HelpRequest(verb="fit")),
    ],
)  # fmt: skip
def test_a_line_becomes_a_request(line, request_):
    assert parse_line(line, NAMES).request == request_


#: Each with words that its one sentence must hold.
MALFORMED = [
    ("fit df --sql 'select 1' --target y", "'df' and --sql exclude each other; give one of them."),
    ("predict --connection sqlite://", "%lepton predict needs a data frame or a path"),
    ("fit --sql --target y", '--sql needs a value: --sql "SELECT …".'),
    ("fit --sql select 1 --connection a --target y", "a name with blanks goes in quotes"),
    ("fti df", "Did you mean 'fit'?"),
    ("FIT df --target y", "Did you mean 'fit'?"),
    ("df --target y", "There is no verb 'df'"),
    ("explain df", "planned and not here yet"),
    ("%fit df", "Did you mean 'fit'?"),
    ("fit", "needs a data frame or a path: run = %lepton fit df"),
    ("fit --target churn", "needs a data frame"),
    ("fit df", "needs --target NAME"),
    ("fit df churn", "'churn' is left over"),
    ("fit df --target", "--target needs a value: --target NAME"),
    ("fit df --target --budget 5s", "--target needs a value"),
    ("fit df --target=", "--target needs a value"),
    ('fit df --target ""', "--target holds an empty name"),
    ("fit df --target total price", 'a name with blanks goes in quotes: --target "… …"'),
    ('fit df --target "total price', "is never closed"),
    ("fit df --target customer's", "is never closed"),
    ("fit df[df.x > 0 --target y", "is never closed"),
    ("fit df] --target y", "closes nothing"),
    ("fit df + df2 --target y", "is an operation"),
    ("fit df == 1 --target y", "is an operation"),
    ("fit df --taget y", "Did you mean '--target'?"),
    ("fit df -t y --target y", "no option '-t'"),
    ("fit df --target y --target z", "--target is given twice"),
    ("fit df --target y --budget 0", "Budget '0' is not a positive time"),
    ("fit df --target y --budget -5s", "Budget '-5s' is not a positive time"),
    ("fit df --target y --budget soon", "Budget 'soon' is not a positive time"),
    ("fit df --target y --budget 5 m", "'m' after --budget belongs to nothing"),
    ("fit df --target y --budget {nope}", "there is no 'nope'"),
    ("fit df --target y --trials 0", "--trials needs a whole number of at least 1, and '0' is none"),
    ("fit df --target y --trials ten", "and 'ten' is none"),
    ("fit df --target y --trials 1.5", "and '1.5' is none"),
    ("fit df --target y --folds 1", "--folds needs a whole number of at least 2"),
    ("fit df --target y --seed -1", "--seed needs a whole number of at least 0"),
    ("fit df --target y --seed ²", "--seed needs a whole number"),
    ("fit df --target y --task binery", "Did you mean 'binary'?"),
    ("fit df --target y --keep-models some", "There are: 'best', 'front', 'all'."),
    ("fit df --target y --wait --no-wait", "--wait and --no-wait exclude each other"),
    ("fit df --target y --no-wait --wait", "--no-wait and --wait exclude each other"),
    ("fit df --target y --wait=yes", "--wait takes no value"),
    ("fit df --target y --learners a --without b", "--learners and --without exclude each other"),
    ("fit df --target y --drop a,,b", "--drop holds an empty name"),
    ("fit df --target y --drop ,", "--drop holds an empty name"),
    ("fit df; --target y", "A line holds one command"),
    ("fit df —target y", "typographic"),
    ("predict", "needs a data frame"),
    ("predict df df2", "'df2' is left over"),
    ("predict df --threshold 2", "threshold cannot be '2'"),
    ("predict df --threshold tune", "threshold cannot be 'tune'. Give a probability from 0 to 1"),
    ("predict df --threshold 0.3 --proba", "exclude each other"),
    ("evaluate df --cost-fp", "--cost-fp needs a value"),
    ("evaluate df --cost-fp -1 --cost-fn 5", "--cost-fp cannot be '-1'. Give what one such error costs"),
    ("evaluate df --cost-fp 1_0", "--cost-fp cannot be '1_0'"),
    ("evaluate df --cost-fp inf", "--cost-fp cannot be 'inf'"),
    ("evaluate df --threshold 1.5", "threshold cannot be '1.5'. Give a probability from 0 to 1"),
    ("evaluate df --threshold half", "threshold cannot be 'half'"),
    ("evaluate df --threshold 0.3 --tune f1", "exclude each other"),
    ("evaluate df --tune f1 --cost-fp 1", "exclude each other"),
    ("stream a --to scored/", "%lepton stream needs --from SOURCE"),
    ("stream a --from df --to scored/ --as 1x", "'1x'"),
    ("stream a --from df --to scored/ --rate 500", "'500' is not a rate"),
    ("stream a --from kafka://h/t --to redis://h/s --workers 0", "--workers"),
    ("stream a --from df --to scored/ --on-bad-rows panic", "'panic'"),
    ("stream a --from df --to scored/ --on-drift panic", "'panic'"),
    ("stream a --from df --to scored/ --speed fast", "'fast' is not a speed"),
    ("compare", "%lepton compare needs the name or id of a run"),
    ("compare a", "%lepton compare needs the name or id of a second run"),
    ("compare a b c d e f", "'f' is left over"),
    ("evaluate df df2", "'df2' is left over"),
    ("predict df --prob", "Did you mean '--proba'?"),
    ("runs churn-1", "'churn-1' is left over"),
    ("runs --remove", "(or %lepton runs --older 30d for all old ones)"),
    ("runs --remove churn-1 --older 30d", "exclude each other"),
    ("runs --older month", "'month' is not a duration"),
    ("show", "needs the name or id of a run"),
    ("show a b", "'b' is left over"),
    ("stop a --run b", "'a' and --run exclude each other"),
    ("stop --run b a", "--run and 'a' exclude each other"),
    ("resume", "needs the name or id of a run"),
    ("export churn-1", "needs --to FILE"),
    ("export --to", "--to needs a value"),
    ("export --to a.zip --trial best", "--trial needs the number of a trial, and 'best' is none"),
    ("export --to a.zip --trial -1", "--trial needs the number of a trial, and '-1' is none"),
    ("resume a --seed 3", "%lepton resume has no option '--seed'"),
    ("cluster four", "'four' is no cluster"),
    ("cluster 4", "'4' is no cluster"),
    ("cluster local four", "needs a whole number of at least 1"),
    ("cluster local 0", "needs a whole number of at least 1"),
    ("cluster off 3", "'3' is left over"),
    ("cluster tcp://10.0.0.5:8786 3", "'3' is left over"),
    ("cluster --size 3", "%lepton cluster has no option '--size'. %lepton cluster has no options."),
    ("help fit runs", "'runs' is left over"),
]  # fmt: skip


@pytest.mark.mistake
@pytest.mark.parametrize(("line", "said"), MALFORMED, ids=[line for line, _ in MALFORMED])
def test_a_malformed_line_is_answered_with_one_sentence(line, said):
    with pytest.raises(LeptonError) as caught:
        parse_line(line, NAMES)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    assert len(message) < 240
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_a_semicolon_is_remembered():
    assert parse_line("runs;").silent
    assert not parse_line("runs").silent


@pytest.mark.parametrize("verb", sorted(FUTURE_VERBS))
def test_no_verb_is_both_here_and_to_come(verb):
    assert verb not in VERBS


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_every_example_in_the_help_is_understood(verb):
    for example in verb.examples:
        line = example.partition("%lepton")[2]
        assert parse_line(line, {"budget": "5m"}).request is not None


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_conflicts_are_declared_on_both_sides(verb):
    for option in verb.options:
        for name in option.excludes:
            assert option.name in verb.option(name).excludes

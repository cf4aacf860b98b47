"""Databases that run on this machine, or a reason by name why a test about them is skipped."""

from __future__ import annotations

import os

import pytest

#: What tests make in a database is called so, and nothing else is touched or left.
PREFIX = "lepton_test_"
_POSTGRES = "postgresql+psycopg://postgres@localhost:5432/test"
_IS_ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ
_MARIADB = "mysql+pymysql://root@127.0.0.1:3306/test"


@pytest.fixture(scope="session")
def postgres():
    """The URL of a PostgreSQL whose tables may be written."""
    if not _answers(_POSTGRES):
        pytest.skip("no PostgreSQL answers on localhost:5432")
    yield "postgresql://postgres@localhost:5432/test"
    if not _IS_ONE_OF_SEVERAL:
        _clean(_POSTGRES)


@pytest.fixture(scope="session")
def mariadb():
    """The URL of a MariaDB whose tables may be written."""
    if not _answers(_MARIADB):
        pytest.skip("no MariaDB answers on localhost:3306")
    yield "mariadb://root@127.0.0.1:3306/test"
    if not _IS_ONE_OF_SEVERAL:
        _clean(_MARIADB)


def pytest_sessionfinish(session):
    """Clean for all processes of pytest-xdist once they have ended: one must not drop what another reads."""
    if getattr(session.config.option, "dist", "no") != "no" and not _IS_ONE_OF_SEVERAL:
        for each in (_POSTGRES, _MARIADB):
            if _answers(each):
                _clean(each)


def _engine(url):
    import sqlalchemy

    return sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, connect_args={"connect_timeout": 3})


def _answers(url):
    import sqlalchemy

    engine = _engine(url)
    try:
        with engine.connect():
            return True
    except sqlalchemy.exc.OperationalError:
        return False
    finally:
        engine.dispose()


def _clean(url):
    import sqlalchemy

    engine = _engine(url)
    inspector = sqlalchemy.inspect(engine)
    sequences = inspector.get_sequence_names() if engine.dialect.supports_sequences else []
    made = [("table", name) for name in inspector.get_table_names()] + [("sequence", name) for name in sequences]
    with engine.begin() as connection:
        for kind, name in made:
            if name.startswith(PREFIX):
                connection.exec_driver_sql(f"drop {kind} if exists {name}")
    engine.dispose()

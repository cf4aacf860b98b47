"""Databases that run on this machine, or a reason by name why a test about them is skipped."""

from __future__ import annotations

import pytest

#: What tests make in a database is called so, and nothing else is touched or left.
PREFIX = "lepton_test_"


@pytest.fixture(scope="session")
def postgres():
    """The URL of a PostgreSQL whose tables may be written."""
    driver = "postgresql+psycopg://postgres@localhost:5432/test"
    if not _answers(driver):
        pytest.skip("no PostgreSQL answers on localhost:5432")
    yield "postgresql://postgres@localhost:5432/test"
    _clean(driver)


@pytest.fixture(scope="session")
def mariadb():
    """The URL of a MariaDB whose tables may be written."""
    driver = "mysql+pymysql://root@127.0.0.1:3306/test"
    if not _answers(driver):
        pytest.skip("no MariaDB answers on localhost:3306")
    yield "mariadb://root@127.0.0.1:3306/test"
    _clean(driver)


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

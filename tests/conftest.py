"""Databases that run on this machine, or a reason by name why a test about them is skipped."""

from __future__ import annotations

import pytest


def _answers(url):
    import sqlalchemy

    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except sqlalchemy.exc.OperationalError:
        return False
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres():
    """The URL of a PostgreSQL whose tables may be written."""
    if not _answers("postgresql+psycopg://postgres@localhost:5432/test"):
        pytest.skip("no PostgreSQL answers on localhost:5432")
    return "postgresql://postgres@localhost:5432/test"


@pytest.fixture(scope="session")
def mariadb():
    """The URL of a MariaDB whose tables may be written."""
    if not _answers("mysql+pymysql://root@127.0.0.1:3306/test"):
        pytest.skip("no MariaDB answers on localhost:3306")
    return "mariadb://root@127.0.0.1:3306/test"

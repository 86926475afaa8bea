"""The cache on Redis, with less ado."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient


class _Client(RedisCacheClient):
    """Django makes redis-py's client anew for each command, which takes longer than to talk to Redis; here it is kept.

    It holds no connection: that comes from the pool for each command, in any thread.  Of several servers Django would
    write to one and read from another; the settings take one.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: Any = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if self._kept is None:
            self._kept = super().get_client(key, write=write)
        return self._kept


class KeptRedisCache(RedisCache):
    """Django's, with a client that is kept."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

#: memory 1M --filter=nocache
#- --filter=nocache
assert not connect().can_cache()

#: null 1M --filter=nocache cache-mode=nop --filter=log logfile={dir}/log
#- --filter=nocache cache-mode
h = connect()
assert h.can_cache()
h.cache(4096, 0)
assert entries("Cache") == []

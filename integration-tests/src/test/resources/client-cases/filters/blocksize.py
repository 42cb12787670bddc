#: memory 1M --filter=blocksize minblock=4K maxdata=64K maxlen=128K --filter=log logfile={dir}/log
#- --filter=blocksize minblock maxdata maxlen
h = connect()
h.pread(512, 100)
assert lengths("Read") == [4096], lengths("Read")
h.pread(256 * K, 0)
h.zero(512 * K, 0)
assert max(lengths("Read")) == 64 * K
assert max(lengths("Zero")) == 128 * K

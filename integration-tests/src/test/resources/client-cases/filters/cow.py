#: file {dir}/disk --filter=cow
#- --filter=cow
h = connect()
h.pwrite(b"changed!", 4096)
h.flush()
assert h.pread(8, 4096) == b"changed!"
assert contents("disk")[4096:4104] == PATTERN[4096:4104]

#: file {dir}/disk --filter=cow cow-block-size=4K --filter=log logfile={dir}/log
#- --filter=cow cow-block-size
h = connect()
h.pwrite(b"x", 5000)
assert lengths("Read") == [4096]

#: file {dir}/disk --filter=cow cow-on-read=true --filter=log logfile={dir}/log
#- --filter=cow cow-on-read
h = connect()
h.pread(512, 0)
assert h.pread(512, 512) == PATTERN[512:1024]
assert len(entries("Read")) == 1

#: file {dir}/disk --filter=cow cow-on-cache=true --filter=log logfile={dir}/log
#- --filter=cow cow-on-cache
h = connect()
h.cache(64 * K, 0)
before = len(entries("Read"))
assert h.pread(512, 512) == PATTERN[512:1024]
assert before == len(entries("Read")) == 1

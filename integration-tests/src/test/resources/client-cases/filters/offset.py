#: file {dir}/disk --filter=offset offset=64K range=128K
#- --filter=offset offset range
h = connect()
assert h.get_size() == 128 * K
assert h.pread(512, 1024) == PATTERN[64 * K + 1024:][:512]

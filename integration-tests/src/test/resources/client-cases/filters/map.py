#: file {dir}/disk --filter=map map=0-511:512 map=512-1023:0 map-size=2k
#- --filter=map map map-size
h = connect()
assert h.get_size() == 2048
assert h.pread(2048, 0) == PATTERN[512:1024] + PATTERN[:512] + PATTERN[1024:2048]

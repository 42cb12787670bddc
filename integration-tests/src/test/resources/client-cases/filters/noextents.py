#: memory 1M --filter=noextents
#- --filter=noextents
assert extents(connect(), M) == [(M, 0)]
assert b"hole" not in sh('nbdinfo --map "$uri"')

#: before
write("list", b"0 64K\n64K 64K zero\n")
#: file {dir}/disk --filter=extentlist extentlist={dir}/list
#- --filter=extentlist
assert extents(connect(), M) == [(64 * K, 0), (64 * K, 2), (M - 128 * K, 3)]

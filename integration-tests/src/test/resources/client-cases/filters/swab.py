#: file {dir}/disk --filter=swab
#- --filter=swab
assert connect().pread(4, 0) == bytes([PATTERN[1], PATTERN[0], PATTERN[3], PATTERN[2]])

#: file {dir}/disk --filter=swab swab-bits=32
#- --filter=swab swab-bits
assert connect().pread(4, 0) == PATTERN[3::-1]

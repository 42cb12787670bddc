#: file {dir}/disk --filter=xor xor=0x123456 xorlen=3
#- --filter=xor xor=0x1234 xorlen=2
h = connect()
assert h.pread(3, 0) == bytes([PATTERN[0] ^ 0x12, PATTERN[1] ^ 0x34, PATTERN[2] ^ 0x56])
h.pwrite(b"abc", 3)
assert connect().pread(3, 3) == b"abc"
#: after
assert contents("disk")[3:6] == bytes([ord("a") ^ 0x12, ord("b") ^ 0x34, ord("c") ^ 0x56])

#: memory 1M --filter=xor xor=rand:1
#- xor=rand
assert connect().pread(8, 0).hex() == "c510c70f6daff2b3"

#: before
entry = bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (64).to_bytes(4, "little") + (32).to_bytes(4, "little")
write("disk", PATTERN[:446] + entry + bytes(48) + b"\x55\xaa" + PATTERN[512:])
#: file {dir}/disk --filter=partition partition=1
#- --filter=partition
h = connect()
assert h.get_size() == 32 * 512
assert h.pread(512, 0) == PATTERN[64 * 512:65 * 512]

#: before
entry = bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + (8).to_bytes(4, "little") + (4).to_bytes(4, "little")
write("disk", PATTERN[:446] + entry + bytes(48) + b"\x55\xaa" + PATTERN[512:])
#: file {dir}/disk --filter=partition partition=1 partition-sectorsize=4096
#- --filter=partition partition-sectorsize
h = connect()
assert h.get_size() == 4 * 4096
assert h.pread(512, 0) == PATTERN[8 * 4096:][:512]

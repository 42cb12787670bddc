#: partitioning partition-type=gpt file={dir}/disks/one file={dir}/disks/two
#- partition-type file={dir}/disks/three
h = connect()
assert h.pread(8, 512) == b"EFI PART"
assert h.pread(3, M) == b"one"
assert h.pread(3, 2 * M) == b"two"

#: partitioning partition-type=mbr file={dir}/disks/one file={dir}/disks/two file={dir}/disks/three file={dir}/disk file={dir}/number
#- partition-type
h = connect()
assert h.pread(8, 512) != b"EFI PART"
assert h.pread(2, 510) == b"\x55\xaa"

#: partitioning alignment=4K file={dir}/disks/one alignment=64K file={dir}/disks/two
#- alignment
h = connect()
assert h.pread(3, 4096) == b"one"
assert h.pread(3, 64 * K) == b"two"

#: partitioning mbr-id=0x82 file={dir}/disks/one mbr-id=default file={dir}/disks/two
#- mbr-id
h = connect()
assert h.pread(1, 446 + 4) == b"\x82"
assert h.pread(1, 446 + 16 + 4) == b"\x83"

#: partitioning partition-type=gpt type-guid=C12A7328-F81F-11D2-BA4B-00A0C93EC93B file={dir}/disks/one type-guid=default file={dir}/disks/two
#- type-guid
h = connect()
assert h.pread(16, 1024).hex() == "28732ac11ff8d211ba4b00a0c93ec93b"
assert h.pread(16, 1024 + 128).hex() == "af3dc60f838472478e793d69d8477de4"

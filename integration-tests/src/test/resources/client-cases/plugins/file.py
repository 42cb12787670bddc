#: file file={dir}/disk
#- file={dir}/old
h = connect()
assert h.pread(M, 0) == PATTERN
h.pwrite(b"changed", 4096)
assert contents("disk")[4096:4103] == b"changed"

#: file dir={dir}/disks
#- dir={dir}/t
assert sorted(exports()) == ["one", "three", "two"]
assert connect("two").pread(3, 0) == b"two"
fails(None, connect, "four")

#: file directory={dir}/disks
#- directory={dir}/t
assert sorted(exports()) == ["one", "three", "two"]

#: file fd={fd:disk}
#- fd={fd:old}
assert connect().pread(M, 0) == PATTERN

#: file dirfd={fd:disks}
#- dirfd={fd:t}
assert connect("three").pread(5, 0) == b"three"

#: before
evict("disk")
#: file file={dir}/disk cache=none
#- cache
h = connect()
assert h.pread(64 * K, 0) == PATTERN[: 64 * K]
assert not cached("disk", 0)

#: before
evict("disk")
#: file file={dir}/disk reduce-memory-pressure=true
#- reduce-memory-pressure
h = connect()
assert h.pread(64 * K, 0) == PATTERN[: 64 * K]
assert not cached("disk", 0)

#: before
evict("disk")
#: file file={dir}/disk fadvise=random
#- fadvise
h = connect()
h.pread(4096, 0)
h.pread(4096, 4096)
assert cached("disk", 4096)
assert not cached("disk", 8192)

#: before
evict("disk")
#: file file={dir}/disk fadvise=sequential
#- fadvise=random
h = connect()
h.pread(4096, 0)
h.pread(4096, 4096)
eventually(lambda: cached("disk", 8192))  # the system reads ahead in the background

#: before
import io
import tarfile
with tarfile.open(dir + "/disks.tar", "w", format=tarfile.PAX_FORMAT) as tar:
    for name, data in (("ä" * 120 + "/first", b"first"), ("some/disk", PATTERN[:100000])):
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
#: file {dir}/disks.tar --filter=tar tar-entry=some/disk
#- --filter=tar
h = connect()
assert h.get_size() == 100000
assert h.pread(99000, 1000) == PATTERN[1000:100000]
h.pwrite(b"changed!", 4096)
h.shutdown()
import tarfile
with tarfile.open(dir + "/disks.tar") as tar:
    assert tar.extractfile("some/disk").read()[4096:4104] == b"changed!"

#: before
import io
import tarfile
with tarfile.open(dir + "/disks.tar", "w") as tar:
    for name in ("first", "second"):
        member = tarfile.TarInfo(name)
        member.size = 64 * K
        tar.addfile(member, io.BytesIO(PATTERN[:64 * K]))
#: file {dir}/disks.tar --filter=tar tar-entry=second tar-limit=64K tar=gtar
#- --filter=tar tar-limit
assert not opens()

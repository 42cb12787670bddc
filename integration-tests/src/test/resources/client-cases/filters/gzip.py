#: before
import gzip
write("disk.gz", gzip.compress(PATTERN))
#: file {dir}/disk.gz --filter=gzip
#- --filter=gzip
h = connect()
assert h.get_size() == len(PATTERN)
assert h.pread(512 * K, 1000) == PATTERN[1000:][:512 * K]
assert h.is_read_only()

#: before
import gzip
import io
import tarfile
with tarfile.open(dir + "/disks.tar", "w") as tar:
    member = tarfile.TarInfo("disk")
    member.size = len(PATTERN)
    tar.addfile(member, io.BytesIO(PATTERN))
write("disks.tar.gz", gzip.compress(contents("disks.tar")))
#: file {dir}/disks.tar.gz --filter=tar tar-entry=disk --filter=gzip
#- --filter=gzip --filter=tar
h = connect()
assert h.pread(512 * K, 1000) == PATTERN[1000:][:512 * K]

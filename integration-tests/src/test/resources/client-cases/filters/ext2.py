#: before
os.environ["PATH"] += ":/usr/sbin:/sbin"
os.mkdir(dir + "/in")
os.mkdir(dir + "/in/disks")
with open(dir + "/in/disks/disk", "wb") as file:
    file.write(PATTERN[:100000])
    file.truncate(1000001)
write("fs.img", b"")
os.truncate(dir + "/fs.img", 8 * M)
subprocess.run(["mke2fs", "-q", "-t", "ext4", "-b", "1024", "-d", dir + "/in", dir + "/fs.img"], check=True)
#: file {dir}/fs.img --filter=ext2 ext2file=/disks/disk
#- --filter=ext2
h = connect()
assert h.get_size() == 1000001
assert h.pread(99000, 1000) == PATTERN[1000:100000]
h.pwrite(PATTERN[:300001], 600000)
h.pwrite(b"changed!", 4096)
h.shutdown()
os.environ["PATH"] += ":/usr/sbin:/sbin"
eventually(lambda: subprocess.run(["e2fsck", "-fn", dir + "/fs.img"]).returncode == 0)
subprocess.run(["debugfs", "-R", "dump /disks/disk " + dir + "/out", dir + "/fs.img"], check=True)
expected = bytearray(PATTERN[:100000] + bytes(900001))
expected[600000:900001] = PATTERN[:300001]
expected[4096:4104] = b"changed!"
assert contents("out") == expected

#: before
os.environ["PATH"] += ":/usr/sbin:/sbin"
os.mkdir(dir + "/in")
for name in ("one", "two"):
    write("in/" + name, name.encode() * 512)
write("fs.img", b"")
os.truncate(dir + "/fs.img", M)
subprocess.run(["mke2fs", "-q", "-t", "ext2", "-d", dir + "/in", dir + "/fs.img"], check=True)
#: file {dir}/fs.img --filter=ext2 ext2file=exportname
#- --filter=ext2
h = connect("/two")
assert h.pread(1536, 0) == b"two" * 512
h = connect("/one")
assert h.pread(1536, 0) == b"one" * 512
fails(None, connect, "/three")

#: before
# As qemu makes and reads them: each cipher, mode, IV and hash.
kinds = [
    "cipher-alg=aes-128,cipher-mode=xts,ivgen-alg=plain64,hash-alg=sha1",
    "cipher-alg=aes-256,cipher-mode=xts,ivgen-alg=plain,hash-alg=sha512",
    "cipher-alg=aes-256,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256,hash-alg=sha256",
    "cipher-alg=aes-128,cipher-mode=cbc,ivgen-alg=essiv,ivgen-hash-alg=sha256,hash-alg=ripemd160",
    "cipher-alg=aes-256,cipher-mode=ecb,ivgen-alg=plain64,hash-alg=sha224",
    "cipher-alg=serpent-256,cipher-mode=xts,ivgen-alg=plain64,hash-alg=sha384",
    "cipher-alg=serpent-128,cipher-mode=cbc,ivgen-alg=plain,hash-alg=sha256",
    "cipher-alg=twofish-256,cipher-mode=xts,ivgen-alg=plain64,hash-alg=sha256",
    "cipher-alg=twofish-128,cipher-mode=cbc,ivgen-alg=plain64,hash-alg=sha256",
    "cipher-alg=cast5-128,cipher-mode=cbc,ivgen-alg=plain64,hash-alg=sha256",
]
os.mkdir(dir + "/made")
for i, kind in enumerate(kinds):
    sh("cd %s && qemu-img create -q -f luks --object secret,data=SECRET,id=s -o key-secret=s,iter-time=10,%s made/%d 256K" % (dir, kind, i))
    if i % 2 == 0:  # qemu writes, and we read
        sh("cd %s && head -c 256K disk >half && qemu-img convert -q -n -f raw half --object secret,data=SECRET,id=s --target-image-opts driver=luks,key-secret=s,file.filename=made/%d" % (dir, i))
#: file dir={dir}/made --filter=luks passphrase=SECRET
#- --filter=luks passphrase=WRONG
plain = contents("disk")[:256 * K]
for name in sorted(os.listdir(dir + "/made")):
    h = connect(name)
    assert h.get_size() == 256 * K
    if int(name) % 2 == 0:
        assert read_all(h) == plain, name
        h.pwrite(PATTERN[:64 * K], 64 * K)
        h.flush()
    else:
        h.pwrite(plain, 0)
        h.pwrite(PATTERN[:64 * K], 64 * K)
    h.zero(512, 1024)
#: after
expected = bytearray(contents("disk")[:256 * K])
expected[64 * K:128 * K] = PATTERN[:64 * K]
expected[1024:1536] = bytes(512)
for name in os.listdir(dir + "/made"):
    sh("cd %s && qemu-img convert -q -O raw --object secret,data=SECRET,id=s --image-opts driver=luks,key-secret=s,file.filename=made/%s plain" % (dir, name))
    assert contents("plain") == expected, name

#: before
write("secret", b"SECRET\nand more\n")
sh("qemu-img create -q -f luks --object secret,data=SECRET,id=s -o key-secret=s,iter-time=10 %s/container 1M" % dir)
#: file {dir}/container --filter=luks passphrase=+{dir}/secret
#- --filter=luks passphrase=+/dev/null
for size in [M] * 3:
    assert connect().get_size() == size

#: before
write("container", b"LUKS\xba\xbe\0\2" + bytes(M))
#: file {dir}/container --filter=luks passphrase=SECRET
#- --filter=luks
fails(None, connect)

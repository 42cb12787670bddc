#: memory 1M --filter=exitwhen exit-when-file-deleted={dir}/old exit-when-poll=1
#- --filter=exitwhen exit-when-file-deleted exit-when-poll
assert not unreachable()
os.remove(dir + "/old")
eventually(unreachable)

#: memory 1M --filter=exitwhen exit-when-file-created={dir}/new
#- --filter=exitwhen exit-when-file-created
h = connect()
write("new", b"")
fails(None, connect)
h.pread(512, 0)
h.shutdown()
eventually(stopped)

#: memory 1M --filter=exitwhen 'exit-when-script=test -e {dir}/old || exit 88'
#- --filter=exitwhen exit-when-script
h = connect()
os.remove(dir + "/old")
h.shutdown()
eventually(stopped)

#: before
process = subprocess.Popen(["sh", "-c", "while [ -e " + dir + "/old ]; do sleep 0.05; done"])
write("pid", str(process.pid).encode())
#: memory 1M --filter=exitwhen exit-when-process-exits={pid}
#- --filter=exitwhen exit-when-process-exits
h = connect()
os.remove(dir + "/old")
eventually(lambda: not os.path.exists("/proc/" + text("pid")))
h.shutdown()
eventually(stopped)

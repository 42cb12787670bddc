package org.nbdcore.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs that the tests need, and the Debian packages that have them. */
enum Client {
  NBDINFO("nbdinfo", "libnbd-bin"),
  NBDCOPY("nbdcopy", "libnbd-bin"),
  /** Debian's own, as it is the one that sees python3-libnbd. */
  PYTHON("python3", "python3-libnbd"),
  QEMU_IMG("qemu-img", "qemu-utils"),
  QEMU_IO("qemu-io", "qemu-utils"),
  QEMU_NBD("qemu-nbd", "qemu-utils"),
  FIO("fio", "fio"),
  NBDKIT("nbdkit", "nbdkit"),
  MKFS_EXT4("mkfs.ext4", "e2fsprogs"),
  E2FSCK("e2fsck", "e2fsprogs"),
  DEBUGFS("debugfs", "e2fsprogs"),
  XORRISO("xorriso", "xorriso"),
  FSCK_FAT("fsck.fat", "dosfstools"),
  MCOPY("mcopy", "mtools"),
  SFDISK("sfdisk", "fdisk"),
  CRYPTSETUP("cryptsetup", "cryptsetup-bin"),
  BLKID("blkid", "util-linux"),
  /** A web server, among others. */
  BUSYBOX("busybox", "busybox"),
  SSHD("sshd", "openssh-server"),
  SSH_KEYGEN("ssh-keygen", "openssh-client"),
  GCC("gcc", "gcc libc6-dev"),
  TAR("tar", "tar"),
  MKFIFO("mkfifo", "coreutils"),
  PROMTOOL("promtool", "prometheus"),
  PROMETHEUS("prometheus", "prometheus"),
  CERTTOOL("certtool", "gnutls-bin"),
  PSKTOOL("psktool", "gnutls-bin");

  /** What the programs' processes have as PATH too: a python3 of another make may be in front. */
  static final String PATH = "/usr/bin:/usr/sbin:/bin:/sbin";

  private static final List<Path> FOLDERS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/bin"), Path.of("/sbin"));

  private final String program;
  private final String packages;

  Client(String program, String packages) {
    this.program = program;
    this.packages = packages;
  }

  /** A command line. */
  List<String> with(String... arguments) {
    List<String> command = new ArrayList<>(List.of(path()));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The program's file. A missing one is a failure: a skipped test would look like a good one. */
  String path() {
    for (Path folder : FOLDERS) {
      Path file = folder.resolve(program);
      if (Files.isExecutable(file)) {
        return file.toString();
      }
    }
    throw new AssertionError(
        program + " is missing: apt-get install -y " + packages + " (./check does it)");
  }
}

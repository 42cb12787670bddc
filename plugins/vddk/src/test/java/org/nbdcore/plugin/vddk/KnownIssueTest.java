package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;

/** The notes of nbdkit-vddk-plugin(1) as messages, in the log and for the client. */
class KnownIssueTest {

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;
  private CapturedLog log;

  @BeforeEach
  void createFakeVddk() throws Exception {
    disk = folder.resolve("ds/disk.vmdk");
    Disks.random(disk, 1 << 20, 5);
    fake = FakeVddk.in(folder).set("datastore.dir", folder);
    log = CapturedLog.start();
  }

  private VddkSession remote(String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("server=esx", "user=u", "password=p", "vm=moref=v", "file=[ds] disk.vmdk"));
    words.addAll(List.of(more));
    return VddkSession.start(fake, words.toArray(String[]::new));
  }

  private void assertFails(ThrowingCallable call, NbdError error, String vddk, String remedy) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(NbdException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessageEndingWith(vddk + "; " + remedy);
  }

  @Test
  void wrongThumbprintIsReportedWithTheServersThumbprint() throws Exception {
    fake.set("thumbprint", "AA:BB");
    String remedy =
        "the server's certificate has the thumbprint AA:BB, not 12: if it is the right server,"
            + " give that as thumbprint= (see \"Thumbprints\" in docs/vddk.md)";
    try (VddkSession session = remote("thumbprint=12")) {
      for (int i = 0; i < 2; i++) {
        assertFails(
            session::openReadOnly,
            NbdError.EPERM,
            "VixDiskLib_Open: Unknown error (error 1)",
            remedy);
      }
    }
    assertThat(log.withLevels().stream().filter(("WARN " + remedy)::equals)).hasSize(1);
  }

  @Test
  void independentDiskIsExplained() throws Exception {
    fake.set("independent", true);
    try (VddkSession session = remote()) {
      assertFails(
          session::openReadOnly,
          NbdError.EIO,
          "VixDiskLib_Open: Unknown error (error 1)",
          "this may be an independent disk, which VDDK 7 and later cannot open: use VDDK 6.7, or"
              + " make it a dependent one (see \"Independent disks\" in docs/vddk.md)");
    }
  }

  @Test
  void unexplainedErrorRefersToTheLog() throws Exception {
    fake.set("fail.Open", 1);
    try (VddkSession session = remote()) {
      assertFails(
          session::openReadOnly,
          NbdError.EIO,
          "VixDiskLib_Open: Unknown error (error 1)",
          "VDDK logs the reason: add -v to see it (see \"Error 1 when opening a disk\" in"
              + " docs/vddk.md)");
    }
  }

  @Test
  void aRunningMachineNeedsASnapshot() throws Exception {
    fake.set("vm.running", true);
    try (VddkSession session = remote()) {
      assertFails(
          session::openReadOnly,
          NbdError.EPERM,
          "VixDiskLib_Open: You do not have access rights to this file (error 13)",
          "if the virtual machine runs, make a snapshot of it and name that with snapshot= (see"
              + " \"Error 13\" in docs/vddk.md)");
    }
  }

  @Test
  void unknownMachineIsDistinguishedFromARefusedLogin() throws Exception {
    fake.set("fail.ConnectEx", 18000)
        .set(
            "fail.ConnectEx.log",
            "VixDiskLibVim: The object 'vim.VirtualMachine:v' has already been deleted or has not"
                + " been completely created");
    try (VddkSession session = remote()) {
      assertThatThrownBy(session::openReadOnly)
          .hasMessageStartingWith("VM: cannot use vm=moref=v: VixDiskLib_ConnectEx: ")
          .hasMessageEndingWith("(see \"Managed object references\" in docs/vddk.md)");
      fake.set("login.password", "other").unset("fail.ConnectEx");
      assertThatThrownBy(session::openReadOnly)
          .hasMessageStartingWith("login: cannot log in to esx as u: VixDiskLib_ConnectEx: ");
    }
  }

  @Test
  void refusedLoginIsExplained() throws Exception {
    fake.set("login.password", "other");
    try (VddkSession session = remote()) {
      assertFails(
          session::openReadOnly,
          NbdError.EPERM,
          "VixDiskLib_ConnectEx: Cannot connect to host (error 18000)",
          "the server refused the login: check user= and password= (see \"Login failures\" in"
              + " docs/vddk.md)");
    }
  }

  @Test
  void folderWithoutWritePermissionIsExplained() throws Exception {
    fake.set("lock.fail", true);
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      assertFails(
          session::openWritable,
          NbdError.EPERM,
          "VixDiskLib_Open: You do not have access rights to this file (error 13)",
          "VDDK locks a disk with a folder beside it: make the disk's folder writable, or serve it"
              + " read-only with -r (see \"FileLockCreateEntryDirectory errors\" in docs/vddk.md)");
      session.openReadOnly();
    }
  }

  @Test
  void serverOutOfMemoryIsExplained() throws Exception {
    String remedy =
        "the server is out of memory for transfers: lower in-flight= or max-request=, or raise"
            + " maxMemory of its nfcsvc (see \"Out of memory errors\" in docs/vddk.md)";
    try (VddkSession session = remote()) {
      BlockDevice device = session.openReadOnly();
      fake.set("nfc.memory", 65536);
      assertFails(
          () -> DiskContents.read(device, 0, 1 << 20),
          NbdError.ENOMEM,
          "VixDiskLib_ReadAsync: Memory allocation failed. Out of memory. (error 2)",
          remedy);
    }
    assertThat(log.withLevels()).contains("WARN " + remedy);
  }

  @Test
  void missingLibsslIsExplained() throws Exception {
    fake.set("fail.InitEx", 1)
        .set(
            "fail.InitEx.log",
            "libssl.so.3: cannot open shared object file: No such file or directory");
    assertThatThrownBy(() -> remote().close())
        .hasMessageEndingWith(
            "; VDDK 8.0.2 and later need a libssl.so.3 that RHEL 8 does not have: use VDDK 8.0.1"
                + " (see \"Failure to load libssl.so.3\" in docs/vddk.md)");
  }

  /** A line of VDDK's log may contain text of a guest or a server. */
  @ParameterizedTest
  @ValueSource(
      strings = {"x", "x.so", "libssl.so.3:", "NFC error ", "Failed to connect to server "})
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void veryLongLogLineIsSearchedQuickly(String part) {
    String line = part.repeat((1 << 20) / part.length());
    assertThat(KnownIssue.missingLibrary(line)).isNull();
    assertThat(KnownIssue.in(line)).isNull();
    assertThat(KnownIssue.missingLibrary(line + " liba.so.1: cannot open shared object file: x"))
        .isEqualTo("liba.so.1");
  }

  @ParameterizedTest
  @EnumSource(KnownIssue.class)
  void documentationHasTheSection(KnownIssue knownIssue) throws Exception {
    Path docs = Path.of(System.getProperty("basedir", "")).resolve("../../docs/vddk.md");
    assertThat(Files.readAllLines(docs))
        .anyMatch(
            line -> line.matches("#+ " + java.util.regex.Pattern.quote(knownIssue.section())));
  }
}

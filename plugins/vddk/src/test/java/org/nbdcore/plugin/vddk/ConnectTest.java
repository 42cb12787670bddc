package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.testkit.ConcurrentTasks;
import org.nbdcore.testkit.DiskContents;

/** The parameters that VDDK gets when a disk is opened. The fake records every field. */
class ConnectTest {

  private static final String PATH = "[store 1] vm/vm.vmdk";
  private static final String THUMBPRINT =
      "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33";

  @TempDir Path folder;
  private FakeVddk fake;
  private byte[] content;

  @BeforeEach
  void createDatastore() throws IOException {
    content = Disks.random(folder.resolve("store 1/vm/vm.vmdk"), 1 << 20, 3);
    fake = FakeVddk.in(folder).set("datastore.dir", folder);
  }

  private VddkSession remote(String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "server=esx.example",
                "user=root",
                "password=pass, \"word\"",
                "vm=moref=vm-16",
                "thumbprint=" + THUMBPRINT));
    words.addAll(List.of(more));
    return VddkSession.start(fake, words.toArray(String[]::new));
  }

  @Test
  void aLocalDiskNeedsNoConnectParameters() throws Exception {
    Path disk = folder.resolve("store 1/vm/vm.vmdk");
    try (VddkSession session = VddkSession.start(fake, "file=" + disk)) {
      session.openWritable();
    }
    TraceLine connect = fake.call("ConnectEx");
    for (String field : List.of("vmxSpec", "serverName", "thumbPrint", "vimApiVer")) {
      assertThat(connect.text(field)).as(field).isNull();
    }
    assertThat(connect.number("credType")).isZero();
    assertThat(connect.number("readOnly")).isZero();
    assertThat(connect.text("snapshotRef")).isNull();
    assertThat(connect.text("transportModes")).isNull();
    assertThat(fake.call("Open").text("path")).isEqualTo(disk.toString());
    assertThat(fake.call("Open").number("flags")).isZero();
  }

  @Test
  void aRemoteDiskPassesServerUserPasswordThumbprintAndVm() throws Exception {
    fake.set("server", "esx.example").set("login.user", "root");
    fake.set("login.password", "pass, \"word\"").set("thumbprint", THUMBPRINT);
    try (VddkSession session = remote("file=" + PATH)) {
      BlockDevice device = session.openReadOnly();
      assertThat(DiskContents.read(device, 0, 1 << 20)).isEqualTo(content);
    }
    TraceLine connect = fake.call("ConnectEx");
    assertThat(connect.text("vmxSpec")).isEqualTo("moref=vm-16");
    assertThat(connect.text("serverName")).isEqualTo("esx.example");
    assertThat(connect.text("thumbPrint")).isEqualTo(THUMBPRINT);
    assertThat(connect.number("credType")).isEqualTo(ConnectParams.CRED_UID);
    assertThat(connect.text("uid.userName")).isEqualTo("root");
    assertThat(connect.text("uid.password")).isEqualTo("pass, \"word\"");
    assertThat(connect.number("port")).isZero();
    assertThat(connect.number("nfcHostPort")).isZero();
    assertThat(connect.number("specType")).isEqualTo(ConnectParams.SPEC_VMX);
    assertThat(connect.number("readOnly")).isEqualTo(1);
    assertThat(fake.call("Open").text("path")).isEqualTo(PATH);
  }

  @Test
  void portAndNfchostportArePassedOn() throws Exception {
    try (VddkSession session = remote("file=" + PATH, "port=8443", "nfchostport=1902")) {
      session.openReadOnly();
    }
    assertThat(fake.call("ConnectEx").number("port")).isEqualTo(8443);
    assertThat(fake.call("ConnectEx").number("nfcHostPort")).isEqualTo(1902);
  }

  @Test
  void cookieSelectsSessionCredentials() throws Exception {
    fake.set("login.cookie", "abc=def");
    try (VddkSession session = remote("file=" + PATH, "cookie=abc=def")) {
      session.openReadOnly();
    }
    TraceLine connect = fake.call("ConnectEx");
    assertThat(connect.number("credType")).isEqualTo(ConnectParams.CRED_SESSION_ID);
    assertThat(connect.text("sessionId.cookie")).isEqualTo("abc=def");
    assertThat(connect.text("sessionId.userName")).isEqualTo("root");
    assertThat(connect.text("sessionId.key")).isEqualTo("pass, \"word\"");
  }

  @Test
  void snapshotAndTransportsArePassedOn() throws Exception {
    try (VddkSession session =
        remote("file=" + PATH, "snapshot=snapshot-7", "transports=nbd:nbdssl")) {
      session.openReadOnly();
    }
    assertThat(fake.call("ConnectEx").text("snapshotRef")).isEqualTo("snapshot-7");
    assertThat(fake.call("ConnectEx").text("transportModes")).isEqualTo("nbd:nbdssl");
  }

  @ParameterizedTest
  @CsvSource({"8.0.3, file:nbdssl:nbd", "9.0.1, file:nbdssl:nbd", "7.0.3,", "6.7.3,"})
  void sanTransportIsOmittedIfItsScanWouldCrashVddk(String version, String transports)
      throws Exception {
    boolean scsi = Files.isDirectory(Path.of("/sys/class/scsi_disk"));
    Path own = Files.createDirectory(folder.resolve("own"));
    fake = FakeVddk.in(own, version).set("datastore.dir", folder).set("san.crash", !scsi);
    try (VddkSession session = remote("file=" + PATH)) {
      session.openReadOnly();
    }
    assertThat(fake.call("ConnectEx").text("transportModes")).isEqualTo(scsi ? null : transports);
  }

  @ParameterizedTest
  @CsvSource({
    "compression=none, 0",
    "compression=zlib, 16",
    "compression=fastlz, 32",
    "compression=skipz, 64",
    "single-link=true, 2",
    "single-link=false, 0",
    "unbuffered=true, 1"
  })
  void parametersSetTheOpenFlags(String word, int flags) throws Exception {
    try (VddkSession session = remote("file=" + PATH, word)) {
      session.openWritable();
      session.openReadOnly();
    }
    assertThat(fake.calls("Open"))
        .extracting(call -> call.number("flags"))
        .containsExactly((long) flags, (long) flags | OpenFlags.READ_ONLY);
  }

  @Test
  void configAndLibdirReachVddkAsAbsolutePaths() throws Exception {
    Path config = Files.writeString(folder.resolve("vddk.conf"), "x=y\n");
    try (VddkSession session = remote("file=" + PATH, "config=" + config)) {
      session.openReadOnly();
    }
    TraceLine init = fake.call("InitEx");
    assertThat(init.text("libdir")).isEqualTo(fake.libdir().toString());
    assertThat(init.text("config")).isEqualTo(config.toString());
    assertThat(init.number("major")).isEqualTo(6);
    assertThat(init.number("minor")).isEqualTo(7);
    assertThat(init.text("log")).isEqualTo("set");
    assertThat(init.text("warn")).isEqualTo("set");
    assertThat(init.text("panic")).isEqualTo("set");
  }

  @Test
  void exportNameMustMatchTheWildcard() throws Exception {
    byte[] second = Disks.random(folder.resolve("store 1/vm/vm_1.vmdk"), 1 << 20, 4);
    try (VddkSession session = remote("export=\\[store 1\\] vm/*.vmdk")) {
      BlockDevice one = session.open(PATH, true);
      BlockDevice two = session.open("[store 1] vm/vm_1.vmdk", true);
      assertThat(DiskContents.read(one, 0, 1 << 20)).isEqualTo(content);
      assertThat(DiskContents.read(two, 0, 1 << 20)).isEqualTo(second);
      assertThatThrownBy(() -> session.open("[store 2] vm/vm.vmdk", true))
          .isInstanceOfSatisfying(
              NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EINVAL))
          .hasMessageContaining("'[store 2] vm/vm.vmdk' does not match export=\\[store 1\\]");
    }
    assertThat(fake.calls("Open")).hasSize(2);
  }

  @Test
  void aFileIsServedUnderAnyExportName() throws Exception {
    try (VddkSession session = remote("file=" + PATH)) {
      session.open("whatever", true);
      session.open("", true);
    }
    assertThat(fake.calls("Open"))
        .extracting(call -> call.text("path"))
        .containsExactly(PATH, PATH);
  }

  @Test
  void failedOpenClosesHandleAndConnection() throws Exception {
    try (VddkSession session = remote("file=[store 1] vm/absent.vmdk")) {
      assertThatThrownBy(session::openReadOnly)
          .hasMessage(
              "disk: cannot open '[store 1] vm/absent.vmdk': VixDiskLib_Open: A file was not found"
                  + " (error 4)");
      fake.set("fail.ConnectEx", 18000);
      assertThatThrownBy(session::openReadOnly)
          .hasMessage(
              "login: cannot log in to esx.example as root: VixDiskLib_ConnectEx: Cannot connect to"
                  + " host (error 18000)");
      fake.unset("fail.ConnectEx").set("fail.GetInfo", 16000);
      fake.set("disk", folder.resolve("store 1/vm/vm.vmdk"));
      assertThatThrownBy(session::openReadOnly).hasMessageContaining("VixDiskLib_GetInfo");
    }
    assertThat(fake.calls("Disconnect")).hasSize(2);
    assertThat(fake.calls("Close")).hasSize(1);
  }

  @Test
  void concurrentOpensAndClosesAreSerialized() throws Exception {
    fake.set("latency.Open", 2000).set("latency.Close", 2000).set("latency.ConnectEx", 1000);
    try (VddkSession session = remote("file=" + PATH)) {
      ConcurrentTasks.Task task =
          () -> {
            BlockDevice device =
                session.plugin().open(org.nbdcore.spi.OpenRequest.detached("", true));
            DiskContents.read(device, 0, 512);
            device.close();
          };
      ConcurrentTasks.run(Collections.nCopies(8, task));
    }
    assertThat(fake.calls("Close")).hasSize(8);
  }
}

package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.CapturedLog;
import org.nbdcore.testkit.DiskContents;
import org.nbdcore.testkit.vsphere.FakeMachine;
import org.nbdcore.testkit.vsphere.FakeVsphere;
import org.nbdcore.testkit.vsphere.NfcFaults;
import org.nbdcore.testkit.vsphere.NfcFaults.ReplyFault;

/**
 * Failures of a server. For each, the tests check the client's message, that the log contains no
 * secrets, and that snapshot, session and connection are gone afterwards.
 */
@Timeout(60)
class VsphereFailuresTest {

  private static final int SIZE = 4 << 20;
  private static final int VIX_OUT_OF_MEMORY = 2;
  private static final int VIX_FILE_LOCKED = 15;

  /** A failure while a disk is opened. */
  enum OpenFailure {
    WRONG_TICKET("refused the ticket") {
      @Override
      void arrange(NfcFaults faults) {
        faults.refuseTickets(true);
      }
    },
    OUT_OF_MEMORY("NFC error 5/0: Failed to allocate the requested 24117272 bytes") {
      @Override
      void arrange(NfcFaults faults) {
        faults.outOfMemory(true);
      }
    },
    FILE_LOCKED("cannot open '[store] web/web.vmdk': open file: error 15 (file is locked)") {
      @Override
      void arrange(NfcFaults faults) {
        faults.failOpenWith(VIX_FILE_LOCKED);
      }
    };

    final String message;

    OpenFailure(String message) {
      this.message = message;
    }

    abstract void arrange(NfcFaults faults);
  }

  /** A failure of an open disk. */
  enum ReadFailure {
    CUT("read of 4096 bytes at 0: the server closed the connection", NbdError.EIO) {
      @Override
      void arrange(NfcFaults faults) {
        faults.cutAfterBytes(0);
      }
    },
    OUT_OF_MEMORY(
        "read of 4096 bytes at 0: error 2 (the server is out of memory)", NbdError.ENOMEM) {
      @Override
      void arrange(NfcFaults faults) {
        faults.failReadsWith(VIX_OUT_OF_MEMORY);
      }
    },
    SWITCH_HOST("message 20 for request", NbdError.EIO) {
      @Override
      void arrange(NfcFaults faults) {
        faults.replyFault(ReplyFault.SWITCH_HOST);
      }
    };

    final String message;
    final NbdError error;

    ReadFailure(String message, NbdError error) {
      this.message = message;
      this.error = error;
    }

    abstract void arrange(NfcFaults faults);
  }

  @TempDir Path folder;

  private final CapturedLog log = CapturedLog.start();
  private final NfcFaults faults = new NfcFaults();
  private final byte[] content = new byte[SIZE];
  private FakeVsphere vsphere;
  private FakeMachine machine;

  @BeforeEach
  void start() throws IOException {
    new Random(5).nextBytes(content);
    vsphere = FakeVsphere.start(faults);
    machine = new FakeMachine("vm-16", "web", folder, SIZE, false);
    machine.guestWrites(ByteBuffer.wrap(content), 0);
    vsphere.machine(machine);
  }

  @AfterEach
  void assertNothingIsLeft() throws IOException {
    assertThat(machine.snapshots()).isEmpty();
    assertThat(vsphere.sessions()).isZero();
    while (vsphere.host().connections() > 0) {
      Thread.onSpinWait();
    }
    vsphere.close();
    assertThat(vsphere.clientFaults()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
        .noneMatch(name -> name.startsWith("nfc ") || name.equals("vddk-keep-alive"));
    assertThat(log.withLevels())
        .noneMatch(line -> line.contains(FakeVsphere.PASSWORD))
        .anyMatch(line -> line.startsWith("DEBUG removed the snapshot"));
  }

  /** No nfchostport=, because the ticket names the port of the host that the machine is on. */
  private Plugin started(String engine, String... more) throws Exception {
    List<String> words = new ArrayList<>(vsphere.login(folder));
    words.addAll(
        List.of(
            "engine=" + engine,
            "preflight=false",
            "vm=web",
            "disk=1",
            "snapshot=create",
            "-D nfc=1"));
    words.addAll(List.of(more));
    Plugin plugin = VddkSession.plugin(words.toArray(String[]::new));
    plugin.start(StartContext.NONE);
    assertThat(machine.snapshots()).hasSize(1);
    return plugin;
  }

  private static BlockDevice open(Plugin plugin) throws IOException {
    return plugin.open(OpenRequest.detached("", true));
  }

  private void assertSame(BlockDevice disk, int offset, int length) throws IOException {
    assertThat(DiskContents.read(disk, offset, length))
        .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
  }

  @ParameterizedTest
  @EnumSource
  void failureToOpenIsExplained(OpenFailure failure) throws Exception {
    try (Plugin plugin = started("nfc")) {
      failure.arrange(faults);
      assertThatThrownBy(() -> open(plugin))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(failure.message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void failureToReadIsExplainedAndTheDiskOpensAgain(ReadFailure failure) throws Exception {
    try (Plugin plugin = started("nfc")) {
      try (BlockDevice disk = open(plugin)) {
        failure.arrange(faults);
        assertThatThrownBy(() -> DiskContents.read(disk, 0, 4096))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(failure.message)
            .extracting(e -> e instanceof NbdException known ? known.error() : NbdError.EIO)
            .isEqualTo(failure.error);
      }
      faults.cutAfterBytes(Long.MAX_VALUE).failReadsWith(0).replyFault(ReplyFault.NONE);
      try (BlockDevice disk = open(plugin)) {
        assertSame(disk, 0, SIZE);
      }
    }
  }

  @Test
  void slowHostThatReordersFragmentsIsReadCorrectly() throws Exception {
    faults.latencyMicros(20_000).shuffled();
    try (Plugin plugin = started("nfc");
        BlockDevice disk = open(plugin)) {
      assertSame(disk, 512, SIZE - 512);
    }
  }

  @Test
  void machineThatHasMovedIsFoundOnItsNewHost() throws Exception {
    try (Plugin plugin = started("nfc")) {
      try (BlockDevice disk = open(plugin)) {
        assertSame(disk, 0, 4096);
        vsphere.moveToAnotherHost();
        assertThatThrownBy(() -> DiskContents.read(disk, 0, 4096)).isInstanceOf(IOException.class);
      }
      try (BlockDevice disk = open(plugin)) {
        assertSame(disk, 4096, 4096);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"NFC", "HTTPS"})
  void sessionThatHasEndedIsRenewed(EngineChoice engine) throws Exception {
    try (Plugin plugin = started(engine.name().toLowerCase(java.util.Locale.ROOT))) {
      vsphere.endSessions();
      try (BlockDevice disk = open(plugin)) {
        vsphere.endSessions();
        assertSame(disk, 0, 4096);
      }
      vsphere.endSessions(); // also for the removal of the snapshot
    }
  }

  @Test
  void lockedFileIsExplainedOverHttps() throws Exception {
    try (Plugin plugin = started("https")) {
      machine.lock(true);
      assertThatThrownBy(() -> open(plugin))
          .hasMessageContaining("the file may be locked by a running machine");
      machine.lock(false);
    }
  }
}

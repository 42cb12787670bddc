package org.nbdcore.filter.multiconn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nbdcore.filter.common.Chains.bytes;
import static org.nbdcore.filter.common.Chains.read;
import static org.nbdcore.filter.common.Chains.write;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.Backend;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;
import org.nbdcore.spi.ThreadModel;

@Tag("newest")
final class MultiConnFilterTest {

  private final ModelDisk disk = new ModelDisk(65536).with(ModelDisk.ALL.withMultiConn(false));
  private Filter filter;

  @Test
  void emulateRepeatsAFlushOnEveryConnectionThatNeedsIt() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate");
    BlockDevice two = connect("");
    BlockDevice three = connect("other");
    assertThat(one.capabilities().multiConn()).isTrue();
    assertThat(one.capabilities().fua()).isEqualTo(Support.EMULATE);
    write(one, 0, bytes(1, 512), Flags.NONE);
    read(two, 0, 512);
    write(three, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    two.flush();
    assertThat(disk.drainCalls()).hasSize(3).containsOnly("flush");
    one.flush();
    two.flush();
    assertThat(disk.drainCalls()).isEmpty();
    two.close();
    write(one, 0, bytes(1, 512), Flags.NONE);
    three.flush();
    assertThat(disk.drainCalls()).containsExactly("write 0+512", "flush");
  }

  @Test
  void closedConnectionIsNotFlushed() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(two, 0, bytes(1, 512), Flags.NONE);
    two.close();
    disk.drainCalls();
    one.flush();
    assertThat(disk.drainCalls()).as("flushes").containsExactly("flush");
  }

  @Test
  void exportnameSeparatesExports() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate", "multi-conn-exportname=true");
    BlockDevice other = connect("other");
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(other, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    one.flush();
    assertThat(disk.drainCalls()).containsExactly("flush");
  }

  @Test
  void autoDependsOnTheLayerBelow() throws IOException {
    assertThat(open().capabilities().multiConn()).isTrue();
    assertThat(open().capabilities().fua()).isEqualTo(Support.EMULATE);
    disk.with(ModelDisk.ALL);
    assertThat(open().capabilities()).isEqualTo(ModelDisk.ALL);
    disk.threadModel = ThreadModel.SERIALIZE_CONNECTIONS;
    assertThat(open().capabilities().multiConn()).isFalse();
  }

  @Test
  void disableUnsafeAndPluginChangeOnlyTheCapabilities() throws IOException {
    assertThat(open("multi-conn-mode=unsafe").capabilities()).isEqualTo(ModelDisk.ALL);
    disk.with(ModelDisk.ALL);
    BlockDevice one = open("multi-conn-mode=disable");
    assertThat(one.capabilities().multiConn()).isFalse();
    BlockDevice two = connect("");
    write(two, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    two.flush();
    assertThat(disk.drainCalls()).containsExactly("flush");
    one.flush();
    assertThat(disk.drainCalls()).isEmpty();
    disk.with(ModelDisk.ALL.withMultiConn(false));
    assertThat(open("multi-conn-mode=plugin").capabilities().multiConn()).isFalse();
  }

  @Test
  void fastTrackingSharesOneDirtyFlag() throws IOException {
    BlockDevice one = open("multi-conn-mode=plugin", "multi-conn-track-dirty=fast");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(two, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    one.flush();
    two.flush();
    read(one, 0, 512);
    one.flush();
    assertThat(disk.drainCalls()).containsExactly("flush", "read 0+512");
  }

  @Test
  void withoutTrackingEveryFlushIsForwarded() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate", "multi-conn-track-dirty=off");
    connect("");
    one.flush();
    one.flush();
    assertThat(disk.drainCalls()).hasSize(4);
  }

  @Test
  void failedFlushIsRepeated() throws IOException {
    for (String tracking : new String[] {"fast", "connection"}) {
      BlockDevice one = open("multi-conn-mode=emulate", "multi-conn-track-dirty=" + tracking);
      write(one, 0, bytes(1, 512), Flags.NONE);
      disk.hook =
          (operation, offset, length, flags) -> {
            throw new IOException("planted");
          };
      assertThatThrownBy(one::flush).hasMessage("planted");
      disk.hook = (operation, offset, length, flags) -> {};
      disk.drainCalls();
      one.flush();
      assertThat(disk.drainCalls()).as(tracking).containsExactly("flush");
    }
  }

  /** In every mode: if clients see multi-conn, a flush on one connection covers all of them. */
  @ParameterizedTest
  @CsvSource({
    "auto, connection",
    "auto, fast",
    "plugin, connection",
    "unsafe, connection",
    "disable, fast"
  })
  void flushCoversWritesOfOtherConnections(String mode, String tracking) throws IOException {
    disk.with(ModelDisk.ALL);
    BlockDevice one = open("multi-conn-mode=" + mode, "multi-conn-track-dirty=" + tracking);
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    two.flush();
    assertThat(disk.drainCalls()).as("after a write on the other").containsExactly("flush");
    one.flush();
    two.flush();
    assertThat(disk.drainCalls()).as("with nothing new").isEmpty();
    one.trim(0, 512, Flags.NONE);
    disk.drainCalls();
    two.flush();
    assertThat(disk.drainCalls()).as("after a trim on the other").containsExactly("flush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "emulate"})
  void flushCoversWritesOfClosedConnections(String mode) throws IOException {
    disk.with(ModelDisk.ALL.withMultiConn(mode.equals("auto")));
    BlockDevice one = open("multi-conn-mode=" + mode);
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    one.close();
    two.flush();
    assertThat(disk.drainCalls()).containsExactly("write 0+512", "flush");
    write(two, 0, bytes(2, 512), Flags.NONE);
    two.close();
    connect("").flush();
    assertThat(disk.drainCalls())
        .as("no other connection is open")
        .containsExactly("write 0+512", "flush");
  }

  @Test
  void failedFlushOfAClosingConnectionIsReportedOnce() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IOException("planted");
        };
    one.close();
    disk.hook = (operation, offset, length, flags) -> {};
    assertThatThrownBy(two::flush).hasMessageContaining("may be lost: planted");
    two.flush();
    two.close();
    assertThat(disk.open.get()).isZero();
  }

  @Test
  void anUncheckedFailureOfALeavingConnectionsFlushIsReportedToo() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    disk.hook =
        (operation, offset, length, flags) -> {
          throw new IllegalStateException("planted");
        };
    one.close();
    disk.hook = (operation, offset, length, flags) -> {};
    assertThatThrownBy(two::flush)
        .hasMessageContaining("may be lost: java.lang.IllegalStateException: planted");
    two.flush();
    two.close();
    assertThat(disk.open.get()).isZero();
  }

  /** What it wrote may be in the cache of its closed connection, which nobody can flush. */
  @Test
  void withoutConsistencyBelowNoFlushCoversWhatAConnectionWroteThatHasLeft() throws IOException {
    BlockDevice one = open("multi-conn-mode=plugin");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    one.close();
    disk.drainCalls();
    two.flush();
    two.flush();
    assertThat(disk.drainCalls()).containsExactly("flush", "flush");
  }

  /** The exports may be different files, so a flush of one does not cover another. */
  @ParameterizedTest
  @ValueSource(strings = {"fast", "connection"})
  void aFlushOfOneExportDoesNotCoverAnother(String tracking) throws IOException {
    disk.with(ModelDisk.ALL);
    BlockDevice one = open("multi-conn-track-dirty=" + tracking);
    BlockDevice other = connect("other");
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(other, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    one.flush();
    other.flush();
    assertThat(disk.drainCalls()).containsExactly("flush", "flush");
    one.flush();
    other.flush();
    assertThat(disk.drainCalls()).isEmpty();
  }

  /** Without multi-conn below, a flush on one connection does not cover the changes of others. */
  @Test
  void withoutMultiConnBelowAFlushCoversOnlyItsConnection() throws IOException {
    BlockDevice one = open("multi-conn-mode=plugin");
    BlockDevice two = connect("");
    write(one, 0, bytes(1, 512), Flags.NONE);
    write(two, 0, bytes(1, 512), Flags.NONE);
    disk.drainCalls();
    two.flush();
    one.flush();
    assertThat(disk.drainCalls()).containsExactly("flush", "flush");
    two.flush();
    assertThat(disk.drainCalls()).isEmpty();
  }

  /** A connection below may cache the data that it has read until its own flush. */
  @Test
  void withoutMultiConnBelowReadersAreFlushedAfterAWriteOfAnother() throws IOException {
    BlockDevice one = open("multi-conn-mode=plugin");
    BlockDevice two = connect("");
    BlockDevice other = connect("other");
    read(one, 0, 512);
    read(other, 0, 512);
    write(two, 0, bytes(1, 512), Flags.NONE);
    two.flush();
    disk.drainCalls();
    one.flush();
    other.flush();
    assertThat(disk.drainCalls()).as("after another's flush").containsExactly("flush", "flush");
    read(one, 0, 512);
    disk.drainCalls();
    one.flush();
    two.flush();
    assertThat(disk.drainCalls()).as("with nothing new").isEmpty();
  }

  /** Otherwise the reader would cache data from before the flush of the writer. */
  @Test
  void emulateFlushesReadersAfterWriters() throws IOException {
    filter = Chains.filter(new MultiConnFilterProvider(), "multi-conn-mode=emulate");
    List<String> flushed = new ArrayList<>();
    List<BlockDevice> readers = new ArrayList<>();
    Backend named =
        request ->
            new FilterBlockDevice(disk.open(request)) {
              @Override
              public void flush() throws IOException {
                flushed.add(request.exportName());
                if (request.exportName().equals("writer")) {
                  Chains.read(readers.get(0), 0, 512);
                }
                next.flush();
              }
            };
    BlockDevice reader = filter.open(OpenRequest.detached("reader", false), named);
    BlockDevice writer = filter.open(OpenRequest.detached("writer", false), named);
    readers.add(reader);
    write(writer, 0, bytes(1, 512), Flags.NONE);
    read(reader, 0, 512);
    writer.flush();
    reader.flush();
    assertThat(flushed).containsExactly("writer", "reader");
  }

  @Test
  void aReadAloneNeedsNoFlush() throws IOException {
    BlockDevice one = open("multi-conn-mode=emulate");
    read(one, 0, 512);
    disk.drainCalls();
    one.flush();
    assertThat(disk.drainCalls()).isEmpty();
  }

  @Test
  void emulateNeedsFlush() {
    disk.with(ModelDisk.ALL.withFlush(false));
    assertThatThrownBy(() -> open("multi-conn-mode=emulate")).hasMessageContaining("can flush");
    assertThat(disk.open.get()).isZero();
  }

  private BlockDevice open(String... pairs) throws IOException {
    filter = Chains.filter(new MultiConnFilterProvider(), pairs);
    return connect("");
  }

  private BlockDevice connect(String export) throws IOException {
    return filter.open(OpenRequest.detached(export, false), disk);
  }
}

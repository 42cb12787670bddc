package org.nbdcore.plugin.vddk;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Extents;
import org.nbdcore.spi.Flags;
import org.nbdcore.testkit.CapturedLog;

/** QueryAllocatedBlocks, with its rules about chunks and ends. */
class ExtentsTest {

  private static final long CHUNK = 65536;

  @TempDir Path folder;
  private FakeVddk fake;
  private Path disk;

  @BeforeEach
  void createFakeVddk() throws IOException {
    disk = Files.createDirectories(folder.resolve("ds/vm")).resolve("vm.vmdk");
    fake = FakeVddk.in(folder).set("datastore.dir", folder);
  }

  private void disk(long size, long... dataAt) throws IOException {
    try (FileChannel channel = FileChannel.open(disk, CREATE_NEW, WRITE, SPARSE)) {
      ByteBuffer data = ByteBuffer.allocate((int) CHUNK);
      while (data.hasRemaining()) {
        data.put((byte) 1);
      }
      for (long at : dataAt) {
        channel.write(data.rewind(), at);
      }
      if (channel.size() < size) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      } else {
        channel.truncate(size);
      }
    }
  }

  private VddkSession session(String... more) throws Exception {
    String[] words = new String[more.length + 5];
    words[0] = "file=[ds] vm/vm.vmdk";
    words[1] = "server=s";
    words[2] = "user=u";
    words[3] = "password=p";
    words[4] = "vm=moref=v";
    System.arraycopy(more, 0, words, 5, more.length);
    return VddkSession.start(fake, words);
  }

  private static String map(BlockDevice device, long offset, long length, Flags flags)
      throws IOException {
    Extents extents = new Extents(offset, length, 1000);
    device.extents(offset, length, flags, extents);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < extents.size(); i++) {
      text.append(extents.length(i)).append(":").append(extents.type(i)).append(' ');
    }
    return text.toString().trim();
  }

  @ParameterizedTest
  @FieldSource("org.nbdcore.plugin.vddk.FakeVddk#VERSIONS")
  void everyVersionDistinguishesHolesFromData(String version) throws Exception {
    Path own = Files.createDirectory(folder.resolve("own"));
    fake = FakeVddk.in(own, version).set("datastore.dir", folder).set("blocks", "content");
    disk(16 * CHUNK, 0, 3 * CHUNK, 4 * CHUNK);
    try (VddkSession session = session()) {
      BlockDevice device = session.openReadOnly();
      assertThat(device.capabilities().extents()).isTrue();
      assertThat(map(device, 0, 16 * CHUNK, Flags.NONE))
          .isEqualTo("65536:0 131072:3 131072:0 720896:3");
    }
  }

  @Test
  void anUnalignedRangeIsWidenedForVddkAndCutForTheClient() throws Exception {
    disk(16 * CHUNK, CHUNK);
    fake.set("blocks", "content");
    try (VddkSession session = session()) {
      BlockDevice device = session.openWritable();
      assertThat(map(device, 512, 3 * CHUNK, Flags.NONE)).isEqualTo("65024:3 65536:0 66048:3");
      assertThat(map(device, CHUNK + 512, 1024, Flags.NONE)).isEqualTo("1024:0");
    }
    assertThat(fake.calls("QueryAllocatedBlocks"))
        .allMatch(call -> call.result() == 0 && call.number("start") % 128 == 0);
  }

  @Test
  void incompleteLastChunkIsData() throws Exception {
    disk(4 * CHUNK + 1024);
    fake.set("blocks", "none");
    try (VddkSession session = session()) {
      BlockDevice device = session.openWritable();
      assertThat(map(device, 0, 4 * CHUNK + 1024, Flags.NONE)).isEqualTo("262144:3 1024:0");
      assertThat(map(device, 4 * CHUNK + 512, 512, Flags.NONE)).isEqualTo("512:0");
    }
    assertThat(fake.calls("QueryAllocatedBlocks")).allMatch(call -> call.result() == 0);
  }

  @Test
  void holeOfASingleLinkIsNotReportedAsZero() throws Exception {
    disk(4 * CHUNK, CHUNK);
    fake.set("blocks", "content");
    try (VddkSession session = session("single-link=true")) {
      assertThat(map(session.openWritable(), 0, 4 * CHUNK, Flags.NONE))
          .isEqualTo("65536:1 65536:0 131072:1");
    }
  }

  @Test
  void hugeDiskIsQueriedInSlicesOfVddksMaximum() throws Exception {
    long size = 100L << 30;
    disk(size, 40L << 30);
    try (VddkSession session = session()) {
      BlockDevice device = session.openWritable();
      assertThat(device.capabilities().extents()).isTrue();
      String map = map(device, 0, size, Flags.NONE);
      assertThat(map).startsWith((40L << 30) + ":3 65536:0 ").endsWith(" 65536:0");
    }
    assertThat(fake.calls("QueryAllocatedBlocks"))
        .extracting(call -> call.number("sectors"))
        .containsExactly(128L, 67108864L, 67108864L, 67108864L, 8388608L);
  }

  @Test
  void extentsAreNotOfferedIfQueryAllocatedBlocksFails() throws Exception {
    disk(4 * CHUNK);
    fake.set("fail.QueryAllocatedBlocks", 6);
    try (VddkSession session = session()) {
      assertThat(session.openReadOnly().capabilities().extents()).isFalse();
    }
  }

  @Test
  void aDiskSmallerThanAChunkHasNoExtents() throws Exception {
    disk(CHUNK - 512);
    try (VddkSession session = session()) {
      assertThat(session.openReadOnly().capabilities().extents()).isFalse();
    }
    assertThat(fake.calls("QueryAllocatedBlocks")).isEmpty();
  }

  @Test
  void failedQueryReportsDataOnAWritableDisk() throws Exception {
    disk(4 * CHUNK);
    CapturedLog log = CapturedLog.start();
    try (VddkSession session = session()) {
      BlockDevice device = session.openWritable();
      assertThat(map(device, 0, CHUNK, Flags.REQ_ONE)).isEqualTo(CHUNK + ":3");
      fake.set("fail.QueryAllocatedBlocks", 36);
      assertThat(map(device, 0, CHUNK, Flags.REQ_ONE)).isEqualTo(CHUNK + ":0");
      assertThat(map(device, 0, CHUNK, Flags.REQ_ONE)).isEqualTo(CHUNK + ":0");
    }
    assertThat(log.withLevels())
        .filteredOn(line -> line.startsWith("WARN extents of "))
        .singleElement()
        .asString()
        .contains("VixDiskLib_QueryAllocatedBlocks: The connection to the host was lost");
  }

  @Test
  void debugFlagLogsAllocatedBlocks() throws Exception {
    disk(4 * CHUNK, CHUNK);
    fake.set("blocks", "content");
    for (int flag = 0; flag <= 1; flag++) {
      CapturedLog log = CapturedLog.start();
      try (VddkSession session = session("-D extents=" + flag)) {
        map(session.openWritable(), 0, 4 * CHUNK, Flags.NONE);
      }
      assertThat(log.withLevels().contains("DEBUG allocated: 65536+65536")).isEqualTo(flag == 1);
      Path next = Files.createDirectory(folder.resolve("next" + flag));
      fake = FakeVddk.in(next).set("datastore.dir", folder).set("blocks", "content");
    }
  }
}

package org.nbdcore.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.client.fake.MemoryExport;
import org.nbdcore.client.fake.ScriptedServer;
import org.nbdcore.vmdk.FileLocation;
import org.nbdcore.vmdk.VmdkDisk;

@Timeout(120)
final class NbdVmdkTest {

  private static final int SIZE = 1_000_448;

  @TempDir private Path folder;
  private String out;
  private String err;

  private int run(String... args) {
    return run(false, args);
  }

  private int run(boolean terminal, String... args) {
    RanCommand ran =
        RanCommand.of((standard, error) -> NbdVmdk.run(args, standard, error, terminal));
    out = ran.out();
    err = ran.err();
    return ran.status();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private byte[] raw() throws IOException {
    byte[] bytes = new byte[SIZE];
    new Random(71).nextBytes(bytes);
    Arrays.fill(bytes, 100_000, 600_000, (byte) 0);
    Files.write(folder.resolve("disk.raw"), bytes);
    return bytes;
  }

  private static byte[] read(Path file) throws IOException {
    try (VmdkDisk disk = VmdkDisk.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate((int) disk.size());
      disk.read(buffer, 0);
      return buffer.array();
    }
  }

  private long number(int at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path("disk.vmdk"), "r")) {
      file.seek(at);
      return Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
    }
  }

  private void put(long at, int value) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path("disk.vmdk"), "rw")) {
      file.seek(at);
      file.writeInt(Integer.reverseBytes(value));
    }
  }

  /**
   * Offset of the first grain's entry, in the table of the directory whose sector is at {@code
   * field}.
   */
  private long firstEntry(int field) throws IOException {
    return number((int) number(field) * 512) * 512;
  }

  /** A descriptor contains names in UTF-8; a disk that exists may have any name. */
  @Test
  void aDiskWhoseNameIsNotUtf8CanBeReadButNotCreated() throws IOException {
    String name = folder.toRealPath() + "/gr\udcf6n";
    byte[] bytes = raw();
    assertThat(run("convert", path("disk.raw"), path("plain.vmdk"))).as(err).isZero();
    Files.move(folder.resolve("plain.vmdk"), Path.of(URI.create(folder.toUri() + "gr%F6n.vmdk")));
    Files.move(folder.resolve("disk.raw"), Path.of(URI.create(folder.toUri() + "gr%F6n.raw")));
    assertThat(run("check", name + ".vmdk")).as(err + out).isZero();
    assertThat(run("convert", name + ".vmdk", path("again.vmdk"))).as(err).isZero();
    assertThat(run("convert", name + ".raw", path("third.vmdk"))).as(err).isZero();
    assertThat(run("convert", path("third.vmdk"), name + "-new.vmdk")).isOne();
    assertThat(err).contains("must be UTF-8");
    assertThat(run("create", name + "-new.vmdk", "1M")).isOne();
    assertThat(run("compact", name + ".vmdk")).isOne();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(4);
    }
    for (String created : List.of("again.vmdk", "third.vmdk")) {
      try (VmdkDisk disk = VmdkDisk.open(folder.resolve(created))) {
        ByteBuffer all = ByteBuffer.allocate(bytes.length);
        disk.read(all, 0);
        assertThat(all.array()).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "monolithic-sparse, monolithicSparse",
    "monolithic-flat, monolithicFlat",
    "split-sparse, twoGbMaxExtentSparse",
    "split-flat, twoGbMaxExtentFlat",
    "vmfs-flat, vmfs",
    "vmfs-thin, vmfs",
    "vmfs-sparse, vmfsSparse",
    "stream-optimized, streamOptimized"
  })
  void aRawImageIsConvertedToEachType(String type, String createType) throws IOException {
    byte[] expected = raw();
    Path disk = folder.resolve("disk.vmdk");
    assertThat(run("convert", "--type=" + type, path("disk.raw"), disk.toString()))
        .as(() -> err)
        .isZero();
    assertThat(Arrays.equals(read(disk), expected)).isTrue();
    assertThat(run("check", disk.toString())).as(() -> out + err).isZero();
    assertThat(out).contains("problems: 0; unused bytes: 0");
    assertThat(run("info", disk.toString())).isZero();
    assertThat(out).contains("kind: " + createType + "\n");
    assertThat(run("convert", disk.toString(), path("again.vmdk"))).as(() -> err).isZero();
    assertThat(Arrays.equals(read(folder.resolve("again.vmdk")), expected)).isTrue();
    assertThat(folder.resolve("disk.vmdk.lck")).doesNotExist();
  }

  @Test
  void anArchiveIsNotConvertedAsARawImage() throws IOException {
    byte[] tar = new byte[10240];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    Files.write(folder.resolve("web.ova"), tar);
    assertThat(run("convert", path("web.ova"), path("disk.vmdk"))).isEqualTo(1);
    assertThat(err).contains("web.ova: is an OVA, or another tar file, and no disk");
    assertThat(folder.resolve("disk.vmdk")).doesNotExist();
  }

  @Test
  void onlyFilesOfTheGivenFolderAreOpened() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Path disk = inside.resolve("disk.vmdk");
    assertThat(run("create", "--within=" + inside, "--type=monolithic-flat", disk.toString(), "1M"))
        .as(() -> err)
        .isZero();
    assertThat(run("info", "--within=" + inside, disk.toString())).as(() -> err).isZero();
    Files.move(inside.resolve("disk-flat.vmdk"), folder.resolve("flat"));
    Files.writeString(disk, Files.readString(disk).replace("\"disk-flat.vmdk\"", "\"../flat\""));
    assertThat(run("info", disk.toString())).as(() -> err).isZero();
    String within = "--within=" + inside;
    assertThat(run("info", within, disk.toString())).isEqualTo(1);
    assertThat(err).contains("flat: lies outside of " + inside);
    assertThat(run("check", within, disk.toString())).isEqualTo(1);
    assertThat(err).contains("flat: lies outside of " + inside);
    assertThat(run("convert", within, disk.toString(), path("inside/new"))).isEqualTo(1);
    assertThat(err).contains("flat: lies outside of " + inside);
    assertThat(run("create", "--within=" + inside, path("new.vmdk"), "1M")).isEqualTo(1);
    assertThat(err).contains("new.vmdk: lies outside of " + inside);
  }

  @Test
  void anExportIsConvertedWithAProgressBarOnATerminal() throws Exception {
    MemoryExport export = new MemoryExport(1 << 20);
    new Random(5).nextBytes(export.disk);
    try (ScriptedServer server = new ScriptedServer(export)) {
      assertThat(run(true, "convert", server.uri().toString(), path("disk.vmdk")))
          .as(() -> err)
          .isZero();
    }
    assertThat(read(folder.resolve("disk.vmdk"))).isEqualTo(export.disk);
    assertThat(err).contains("100% [####");
  }

  @Test
  void infoShowsTheDiskAsTextAndJson() throws IOException {
    assertThat(run("create", "--adapter=scsi-lsilogic", "--hwversion=13", path("disk.vmdk"), "10M"))
        .as(() -> err)
        .isZero();
    FileLocation parent = FileLocation.of(folder.resolve("disk.vmdk"));
    VmdkDisk.createChild(FileLocation.of(folder.resolve("child.vmdk")), parent);
    assertThat(run("info", path("child.vmdk"))).as(() -> err).isZero();
    assertThat(out)
        .contains("file: " + path("child.vmdk") + "\n", "kind: ", "size: 10485760 (10M)\n")
        .contains("allocated: 0 (0)\n", "adapter: lsilogic\n", "hardware version: 13\n")
        .contains("change tracking: no\n", "extent: RW ", ", grains of 65536 bytes\n")
        .contains("parent: " + path("disk.vmdk") + ", monolithicSparse, CID ");
    assertThat(run("info", "--json", path("child.vmdk"))).isZero();
    assertThat(out)
        .startsWith("{\n  \"file\": \"" + path("child.vmdk") + "\",\n")
        .contains("\"size\": 10485760,", "\"adapter\": \"lsilogic\",", "\"grain-size\": 65536,")
        .contains("\"parent-cid\": \"ffffffff\"\n")
        .endsWith("  ]\n}\n");
    assertThat(out.chars().filter(c -> c == '{').count())
        .isEqualTo(out.chars().filter(c -> c == '}').count());
  }

  @Test
  void aTableThatDiffersFromItsCopyIsReportedAndRepaired() throws IOException {
    byte[] expected = raw();
    run("convert", path("disk.raw"), path("disk.vmdk"));
    put(firstEntry(56), 0x7fffffff);
    assertThat(run("check", path("disk.vmdk"))).isEqualTo(2);
    assertThat(out)
        .contains("1 of the entries of grain table 0", "is wrong: it leads nowhere, but its copy")
        .contains("problems: 1; unused bytes: 0");
    assertThat(run("check", "--repair", path("disk.vmdk"))).as(() -> out).isZero();
    assertThat(out).contains("(repaired)", "problems: 0; repaired: 1; unused bytes: 0");
    assertThat(run("check", path("disk.vmdk"))).as(() -> out).isZero();
    put(firstEntry(48), 0);
    assertThat(run("check", path("disk.vmdk"))).isEqualTo(2);
    assertThat(out).contains("is wrong: it differs from its copy");
    assertThat(run("check", "--repair", path("disk.vmdk"))).as(() -> out).isZero();
    assertThat(run("check", path("disk.vmdk"))).isZero();
    assertThat(Arrays.equals(read(folder.resolve("disk.vmdk")), expected)).isTrue();
  }

  @Test
  void overlappingGrainsAndUnusedBytesAreReported() throws IOException {
    raw();
    run("convert", path("disk.raw"), path("disk.vmdk"));
    int first = (int) number((int) firstEntry(56));
    for (int field : new int[] {56, 48}) {
      put(firstEntry(field) + 4, first);
    }
    assertThat(run("check", path("disk.vmdk"))).isEqualTo(2);
    assertThat(out).contains("the data at sector " + first + " overlaps with another grain");
    assertThat(run("check", "--repair", path("disk.vmdk"))).as("not mended").isEqualTo(2);
    for (int field : new int[] {56, 48}) {
      put(firstEntry(field) + 4, 0);
    }
    assertThat(run("check", path("disk.vmdk"))).isEqualTo(3);
    assertThat(out).contains("problems: 0; unused bytes: 65536\n");
  }

  @Test
  void aDamagedGrainOfACompressedDiskIsReported() throws IOException {
    raw();
    run("convert", "--type=stream-optimized", path("disk.raw"), path("disk.vmdk"));
    try (RandomAccessFile file = new RandomAccessFile(path("disk.vmdk"), "rw")) {
      file.seek(file.length() / 2);
      byte[] some = new byte[8];
      file.readFully(some);
      some[3] ^= 1;
      file.seek(file.length() / 2);
      file.write(some);
    }
    assertThat(run("check", path("disk.vmdk"))).isEqualTo(2);
    assertThat(out).contains("the grain of sector ", "problems: 1; ");
  }

  @Test
  void compactRemovesGrainsOfZeroes() throws IOException {
    byte[] expected = raw();
    run("convert", "--adapter=ide", path("disk.raw"), path("disk.vmdk"));
    long before = Files.size(folder.resolve("disk.vmdk"));
    Arrays.fill(expected, 0, 99_840, (byte) 0);
    try (VmdkDisk disk =
        VmdkDisk.open(
            folder.resolve("disk.vmdk"),
            org.nbdcore.vmdk.VmdkOptions.defaults().withWritable(true))) {
      disk.write(ByteBuffer.allocate(99_840), 0);
    }
    assertThat(run("compact", path("disk.vmdk"))).as(() -> err).isZero();
    assertThat(Arrays.equals(read(folder.resolve("disk.vmdk")), expected)).isTrue();
    assertThat(Files.size(folder.resolve("disk.vmdk"))).isLessThan(before);
    run("info", path("disk.vmdk"));
    assertThat(out).contains("adapter: ide\n");
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("disk.raw", "disk.vmdk");
    }
  }

  @Test
  void aFailedConversionLeavesNoFile() throws IOException {
    raw();
    run("convert", "--type=stream-optimized", path("disk.raw"), path("disk.vmdk"));
    byte[] damaged = Files.readAllBytes(folder.resolve("disk.vmdk"));
    damaged[damaged.length / 2] ^= 1;
    Files.write(folder.resolve("disk.vmdk"), damaged);
    for (String type : new String[] {"monolithic-sparse", "split-flat", "vmfs-sparse"}) {
      assertThat(run("convert", "--type=" + type, path("disk.vmdk"), path("new.vmdk")))
          .isEqualTo(1);
      assertThat(err).contains("the grain of sector ");
      try (var files = Files.list(folder)) {
        assertThat(files.filter(file -> file.getFileName().toString().startsWith("new")))
            .as(type)
            .isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|the command must be info, check, create, convert or compact, not ''",
        "look|the command must be info, check, create, convert or compact, not 'look'",
        "info|info takes 1 operands, not 0",
        "create a|create takes 2 operands, not 1",
        "create a 1000|the size must be a multiple of 512, not 1000",
        "create --type=x a 1M|--type must be one of monolithic-sparse,",
        "create --adapter=x a 1M|--adapter must be one of ide, scsi-buslogic, scsi-lsilogic, not x",
        "info --what a|unknown option --what (nbd-vmdk --help lists them)",
        "info /nowhere/at/all.vmdk|file /nowhere/at/all.vmdk does not exist",
      })
  void anInvalidCommandIsExplained(String words, String message) {
    String[] args = words == null ? new String[0] : words.split(" ");
    assertThat(run(args)).isEqualTo(1);
    assertThat(err).startsWith("nbd-vmdk: " + message);
    assertThat(out).isEmpty();
  }

  @Test
  void anExistingDestinationIsNotTouched() throws IOException {
    raw();
    Files.writeString(folder.resolve("disk.vmdk"), "mine");
    assertThat(run("convert", path("disk.raw"), path("disk.vmdk"))).isEqualTo(1);
    assertThat(folder.resolve("disk.vmdk")).hasContent("mine");
  }
}

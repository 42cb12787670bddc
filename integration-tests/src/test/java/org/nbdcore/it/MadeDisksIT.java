package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Partition tables and filesystems that the server makes, as the system's tools see them. */
@Tag("heavy")
class MadeDisksIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  @ParameterizedTest
  @ValueSource(strings = {"mbr", "gpt"})
  void sfdiskVerifiesADiskOfFivePartitions(String type) throws Exception {
    Path part = box.file("part");
    Files.write(part, new byte[100_000]);
    String word = part.toString();
    Server server =
        box.serve("partitioning", "partition-type=" + type, word, word, word, word, word);
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    Ran verified = box.run(Client.SFDISK, "--verify", copy.toString()).succeeded();
    assertThat(verified.out() + verified.err()).contains("No errors detected.");
    assertThat(box.run(Client.SFDISK, "--dump", copy.toString()).succeeded().out())
        .contains("label: " + (type.equals("mbr") ? "dos" : "gpt"))
        .contains("copy5 : ")
        .contains("size=         196");
    server.stop();
  }

  @Test
  void tmpdiskCreatesTheFilesystemWithItsLabel() throws Exception {
    Server server = box.serve("tmpdisk", "8M", "type=ext2", "label=scratch");
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(box.run(Client.BLKID, "-p", copy.toString()).succeeded().out())
        .contains("TYPE=\"ext2\"")
        .contains("LABEL=\"scratch\"");
    server.stop();
  }

  @Test
  void ondemandCreatesAFilesystemForEachName() throws Exception {
    Path folder = Files.createDirectory(box.file("exports"));
    Server server = box.serve("ondemand", "dir=" + folder, "8M");
    box.run(Client.NBDINFO, server.uri().replace("///?", "///one?")).succeeded();
    box.run(Client.NBDINFO, server.uri()).succeeded();
    for (String name : new String[] {"one", "default"}) {
      assertThat(box.run(Client.BLKID, "-p", folder.resolve(name).toString()).succeeded().out())
          .contains("TYPE=\"ext4\"");
    }
    assertThat(box.run(Client.NBDINFO, "--list", server.uri()).succeeded().out())
        .contains("export=\"one\":");
    server.stop();
  }

  @ParameterizedTest
  @CsvSource({"ext2, ", "ext4, size=+8M", "ext3, size=48M"})
  void linuxdiskContainsTheFilesOfItsDirectory(String type, String size) throws Exception {
    Path folder = Files.createDirectories(box.file("from"));
    Files.writeString(Files.createDirectory(folder.resolve("sub")).resolve("file"), "contents");
    Files.write(folder.resolve("large"), new byte[3_000_000]);
    List<String> words =
        new ArrayList<>(List.of("linuxdisk", folder.toString(), "type=" + type, "label=root"));
    words.addAll(List.of("--filter=partition", "partition=1"));
    if (size != null) {
      words.add(size);
    }
    Server server = box.serve(words.toArray(String[]::new));
    Path copy = box.file("copy");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(box.run(Client.BLKID, "-p", copy.toString()).succeeded().out())
        .contains("TYPE=\"" + type + "\"")
        .contains("LABEL=\"root\"");
    box.run(Client.E2FSCK, "-fn", copy.toString()).succeeded();
    String shown =
        box.run(Client.DEBUGFS, "-R", "cat /sub/file", copy.toString()).succeeded().out();
    assertThat(shown).isEqualTo("contents");
    server.stop();
  }

  @Test
  void isoContainsTheFilesOfItsDirectories() throws Exception {
    Path one = Files.createDirectories(box.file("one"));
    Path other = Files.createDirectories(box.file("other"));
    Files.writeString(one.resolve("a long name of a file.text"), "contents");
    Files.writeString(other.resolve("b"), "more");
    Server server = box.serve("iso", one.toString(), other.toString(), "params=-r -J -V 'MY DISK'");
    Path copy = box.file("copy.iso");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    assertThat(box.run(Client.BLKID, "-p", copy.toString()).succeeded().out())
        .contains("TYPE=\"iso9660\"")
        .contains("LABEL=\"MY DISK\"");
    Path out = box.file("out");
    box.run(
            Client.XORRISO,
            "-osirrox",
            "on",
            "-indev",
            copy.toString(),
            "-extract",
            "/",
            out.toString())
        .succeeded();
    assertThat(out.resolve("a long name of a file.text")).hasContent("contents");
    assertThat(out.resolve("b")).hasContent("more");
    server.stop();
  }

  @Test
  void floppyContainsTheFilesOfItsDirectory() throws Exception {
    Path files = Files.createDirectories(box.file("files"));
    Files.writeString(files.resolve("a long name of a file.text"), "contents");
    Files.writeString(Files.createDirectory(files.resolve("folder")).resolve("B"), "more");
    Server server = box.serve("floppy", "--filter=partition", files.toString(), "partition=1");
    Path copy = box.file("copy.fat");
    box.run(Client.NBDCOPY, server.uri(), copy.toString()).succeeded();
    box.run(Client.FSCK_FAT, "-n", copy.toString()).succeeded();
    Path out = Files.createDirectories(box.file("out"));
    box.run(Client.MCOPY, "-s", "-i", copy.toString(), "::", out.toString()).succeeded();
    assertThat(out.resolve("a long name of a file.text")).hasContent("contents");
    assertThat(out.resolve("folder").resolve("B")).hasContent("more");
    server.stop();
  }

  @Test
  void infoReturnsTheExportNameOrTheAddress() {
    String show = "--run=nbdsh -u \"$uri\" -c 'print(bytes(h.pread(h.get_size(), 0)))'";
    assertThat(box.nbdCore("info", "-e", "hello", show).succeeded().line()).isEqualTo("b'hello'");
    assertThat(box.nbdCore("info", "address", "-U", "-", show).succeeded().line())
        .isEqualTo("b'unix'");
  }

  @Test
  void aMemoryDiskMayBeLargerThanTheHeap() throws Exception {
    Server server = box.serve(Distribution.built(), with("-Xmx48m"), "memory", "128M");
    String fill = "for i in range(128): h.pwrite(b'x' * (1 << 20), i << 20)";
    box.nbdsh(server, fill + "\nassert h.pread(1, (128 << 20) - 1) == b'x'").succeeded();
    server.stop();
  }

  /**
   * Turns the start-up cache off: otherwise a process would still be creating one for these options
   * at the end.
   */
  private static Map<String, String> with(String option) {
    return Map.of("NBD_CORE_JAVA_OPTS", option, "NBD_CORE_CACHE", "off");
  }

  /** 96 MiB of text fit into half of that only if they are compressed. */
  @ParameterizedTest
  @CsvSource({"zstd, None", "sparse, 12"})
  void aCompressedDiskTakesLessMemory(String allocator, String error) throws Exception {
    Map<String, String> little = with("-XX:MaxDirectMemorySize=48m");
    Server server =
        box.serve(Distribution.built(), little, "memory", "96M", "allocator=" + allocator);
    String script =
        """
        error = None
        try:
            for i in range(96):
                h.pwrite(b"some text " * 104857, i << 20)
            assert h.pread(9, 95 << 20) == b"some text"
        except nbd.Error as e:
            error = e.errnum
        print(error)
        """;
    assertThat(box.nbdsh(server, script).succeeded().line()).isEqualTo(error);
    server.stop();
  }
}

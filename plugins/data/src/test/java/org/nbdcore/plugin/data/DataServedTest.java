package org.nbdcore.plugin.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.testkit.server.PluginServer;

/** Each parameter as a client sees it. */
final class DataServedTest {

  @TempDir Path folder;

  private static PluginServer serve(String... words) throws Exception {
    return PluginServer.start(new DataProvider(), words);
  }

  private static String contents(PluginServer served) throws Exception {
    byte[] all = served.read(0, (int) served.client().size());
    return HexFormat.ofDelimiter(" ").formatHex(all);
  }

  @ParameterizedTest(name = "{index} {0} {1}")
  @CsvSource(
      delimiter = '→',
      value = {
        "1 2 3     | size=3           → 01 02 03",
        "data=1 2  | size=4           → 01 02 00 00",
        "(1 2)*100 | size=3           → 01 02 01",
        "base64=MTIz | size=5         → 31 32 33 00 00",
        "raw=Hello   | size=6         → 48 65 6c 6c 6f 00",
        "raw=Hé      | size=4         → 48 c3 a9 00",
        "$pattern*2  | pattern=9 le16:1  → 09 01 00 09 01 00",
        "$x[1:]      | x=$y*3 | y=1 2    → 02 01 02 01 02",
        "0x77*3      | allocator=sparse → 77 77 77",
      })
  void parametersDefineTheContents(String words, String bytes) throws Exception {
    String[] arguments = words.strip().split(" *\\| *");
    try (PluginServer served = serve(arguments)) {
      assertThat(contents(served)).isEqualTo(bytes);
    }
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      value = {
        "1 2 3 | siez=1M → siez",
        "$a | a=1 | b=2 → b",
        "raw=x | a=1 → a",
        "base64=MTIz | Size=5 → Size",
      })
  void unusedVariableIsAnUnknownKey(String words, String name) {
    assertThatThrownBy(() -> serve(words.strip().split(" *\\| *")))
        .hasMessageContaining(
            "unknown key '" + name + "': the contents have no variable $" + name + ", and other");
  }

  @Test
  void environmentVariablesAreExpanded() throws Exception {
    // The error shows that PATH was expanded: it begins with a slash, which the language does not
    // allow.
    assertThatThrownBy(() -> serve("$PATH")).hasMessageContaining("$PATH, line 1, column 1");
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      value = {
        "size=5 → exactly one of data, raw and base64 must be given, once; 0 are given",
        "1 | raw=2 → once; 2 are given",
        "raw=1 | raw=2 → once; 2 are given",
        "1 | 2 → '1' and '2' are given as data",
        "base64=M! → base64 must be Base64",
        "1 | size=x → size must be a size",
        "1 | allocator=none → allocator must be",
        "1 ( → data: data, line 1, column 3: this '(' is never closed",
        "</there/is/none → /there/is/none: no such file",
      })
  void errorNamesTheInvalidParameter(String words, String message) {
    assertThatThrownBy(() -> serve(words.split(" *\\| *"))).hasMessageContaining(message);
  }

  @Test
  void filesAreCopiedAndAligned() throws Exception {
    byte[] large = new byte[3_000_001];
    new Random(5).nextBytes(large);
    Path one = Files.write(folder.resolve("one"), large);
    Path two = Files.writeString(folder.resolve("two"), "second");
    Path empty = Files.createFile(folder.resolve("empty"));
    String text = "<" + one + " @^512 <" + two + "[1:] <" + empty + " @^512";
    try (PluginServer served = serve(text)) {
      assertThat(served.client().size()).isEqualTo(3_000_832);
      assertThat(served.read(0, large.length)).isEqualTo(large);
      assertThat(new String(served.read(3_000_320, 6), StandardCharsets.US_ASCII))
          .isEqualTo("econd\0");
    }
  }

  @Test
  void partitionTableOfNbdkitsManualIsCreated() throws Exception {
    String text =
        """

          @0x1be    # MBR first partition entry
            0           # Partition status
            0 2 0       # CHS start
            0x83        # Partition type (Linux)
            0x20 0x20 0 # CHS last sector
            le32:1      # LBA first sector
            le32:0x7ff  # LBA number of sectors
          @0x1fe    # Boot signature
            0x55 0xaa
        """;
    try (PluginServer served = serve(text, "size=1M")) {
      assertThat(served.client().size()).isEqualTo(1 << 20);
      assertThat(HexFormat.of().formatHex(served.read(0x1be, 16)))
          .isEqualTo("00000200832020000100000" + "0ff070000");
      assertThat(HexFormat.of().formatHex(served.read(0x1fe, 3))).isEqualTo("55aa00");
    }
  }

  @Test
  void largestDiskIsSparseAndCanBeWritten() throws Exception {
    try (PluginServer served = serve("@9223372036854775806 1")) {
      assertThat(served.client().size()).isEqualTo(Long.MAX_VALUE);
      assertThat(served.read(Long.MAX_VALUE - 3, 3)).containsExactly(0, 0, 1);
      assertThat(served.extents(0, 1 << 30)).containsExactly("1073741824:3");
      served.client().write(ByteBuffer.wrap(new byte[] {7}), 5);
      assertThat(served.read(4, 3)).containsExactly(0, 7, 0);
      assertThat(served.extents(0, 1 << 30)).hasSize(2);
    }
  }
}

package org.nbdcore.vmdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DescriptorParserTest {
  private static final FileLocation FILE = FileLocation.of(Path.of("disk.vmdk"));

  private final List<String> warnings = new ArrayList<>();

  private Descriptor parse(String text) throws VmdkException {
    return DescriptorParser.parse(FILE, text.getBytes(StandardCharsets.UTF_8), warnings::add);
  }

  @Test
  void readsHeaderExtentsAndDatabase() throws VmdkException {
    Descriptor descriptor =
        parse(
            """
            # Disk DescriptorFile
            version=1
            CID=fffffffe
            parentCID=ffffffff
            createType="twoGbMaxExtentSparse"
            # Extent description
            RW 4192256 SPARSE "test disk-s001.vmdk"
            RDONLY 2101248 flat "a=b.vmdk" 128
            # The Disk Data Base
            #DDB
            ddb.adapterType = "ide"
            ddb.geometry.sectors = "63"
            """);
    assertThat(descriptor.attribute("CREATETYPE")).isEqualTo("twoGbMaxExtentSparse");
    assertThat(descriptor.attribute("ddb.adapterType")).isEqualTo("ide");
    assertThat(descriptor.attribute("nothing")).isEmpty();
    assertThat(descriptor.contentId()).isEqualTo(0xfffffffeL);
    assertThat(descriptor.parentContentId()).isEqualTo(Descriptor.NO_PARENT);
    assertThat(descriptor.extents())
        .containsExactly(
            new ExtentLine("RW", 4192256, "SPARSE", "test disk-s001.vmdk", 0),
            new ExtentLine("RDONLY", 2101248, "FLAT", "a=b.vmdk", 128));
  }

  @Test
  void windowsLineEndsAndZeroPaddingDoNotMatter() throws VmdkException {
    Descriptor descriptor =
        parse(
            "# Disk DescriptorFile\r\nversion=1\r\nCID=1\r\n  RW 8 SPARSE \"a\"  \r\n\0\0rubbish");
    assertThat(descriptor.extents()).containsExactly(new ExtentLine("RW", 8, "SPARSE", "a", 0));
    assertThat(descriptor.contentId()).isEqualTo(1);
  }

  @Test
  void aDescriptorMayBeginWithItsVersionInstead() throws VmdkException {
    assertThat(parse("# another comment\n\nversion=1\nRW 8 ZERO\n").extents()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"windows-1252,windows-1252", "Shift_JIS,Shift_JIS", "UTF-8,UTF-8"})
  void fileNamesAreDecodedWithTheEncodingOfTheDescriptor(String name, String charset)
      throws VmdkException {
    String file = charset.equals("Shift_JIS") ? "\u65e5\u672c.vmdk" : "gr\u00fcn.vmdk";
    String text =
        "# Disk DescriptorFile\nversion=1\nencoding=\""
            + name
            + "\"\nRW 8 FLAT \""
            + file
            + "\" 0\n";
    for (String written : new String[] {text, text.replace("\n", "\r\n")}) {
      byte[] bytes = written.getBytes(Charset.forName(charset));
      Descriptor descriptor = DescriptorParser.parse(FILE, bytes, warnings::add);
      assertThat(descriptor.extents().get(0).fileName()).isEqualTo(file);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-charset", "!?", ""})
  void anUnknownEncodingIsRefused(String name) {
    assertThatThrownBy(
            () -> parse("# Disk DescriptorFile\nencoding=\"" + name + "\"\nRW 8 FLAT \"ü\"\n"))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("encoding is '" + name + "'; expected a character set");
  }

  /** QEMU accepts all of these descriptors. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\uFEFF' | '' | '' | begins with a byte order mark, which is ignored",
        "'' | 'encoding=\"x-none\"' | '' | its encoding 'x-none' is not known, but all of its text is ASCII",
        "'' | '' | The Disk Data Base | descriptor line 6 is 'The Disk Data Base': it is ignored, because it is not a comment, key=value or extent",
        "'' | '' | somekeywithoutvalue | descriptor line 6 is 'somekeywithoutvalue': it is ignored, because it is not a comment, key=value or extent",
        "'' | 'parentCID=ffffffff junk' | '' | descriptor line 3 is 'parentCID=ffffffff junk': the text after the number is ignored",
        "'' | 'CID=1 ?' | '' | descriptor line 3 is 'CID=1 ?': the text after the number is ignored",
      })
  void harmlessTextCausesAWarning(String mark, String header, String stray, String warning)
      throws VmdkException {
    Descriptor descriptor =
        parse(
            mark
                + "# Disk DescriptorFile\nversion=1\n"
                + header
                + "\nCID=1\nRW 8 FLAT \"a\" 0\n"
                + stray
                + "\n");
    assertThat(descriptor.extents()).containsExactly(new ExtentLine("RW", 8, "FLAT", "a", 0));
    assertThat(descriptor.contentId()).isEqualTo(1);
    assertThat(descriptor.parentContentId()).isEqualTo(Descriptor.NO_PARENT);
    assertThat(warnings).containsExactly("disk.vmdk: " + warning);
  }

  /** A damaged extent line must not be ignored. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "R? 8 FLAT \"a=b\" 0",
        "8 ZERO",
        "RW",
        "SPARSE",
        "\"a.vmdk\"",
        "? 4096 ?",
        "RW\u00a08 ZERO",
        "RDONLY8",
        "=8 \"a\"",
      })
  void lineThatResemblesAnExtentIsRefused(String line) {
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\n" + line + "\n"))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("line 2 is '" + line + "'");
    assertThat(warnings).isEmpty();
  }

  @Test
  void longLineIsTruncatedInTheMessage() {
    String line = "\"" + "x".repeat(1_000_000);
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\n" + line))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\nRW 8 FLAT " + line))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\nCID=" + line).contentId())
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keyID=\"a4e7494f\"",
        "encryptionKeys=\"vmware:key/list\"",
        "encryption.keySafe = \"vmware:key/list\"",
        "encryption.data=\"abc\"",
        "encryption = \"1\"",
        "ddb.encryption = \"1\"",
        "Encryption.KeySafe = \"x\"",
        "ddb.iofilters = \"vmwarevmcrypt\"",
        "ddb.iofilters = \"VMW_spm_1.0.0,vmwarevmcrypt\"",
      })
  void anEncryptedDiskIsRefused(String line) throws VmdkException {
    Descriptor descriptor = parse("# Disk DescriptorFile\n" + line + "\nRW 8 VMFS \"a\"\n");
    assertThatThrownBy(descriptor::refuseEncrypted)
        .isInstanceOf(VmdkException.class)
        .hasMessageStartingWith("disk.vmdk: is an encrypted disk (" + line.split("[= ]")[0])
        .hasMessageNotContaining("a4e7494f");
  }

  /** If the parser skipped the extent line, the rest of the disk would be shifted. */
  @Test
  void extentWithAUnicodeLineSeparatorInItsNameIsNotSkipped() throws VmdkException {
    for (String name : new String[] {"a=\u0085b", "a=\u2028b"}) {
      Descriptor descriptor = parse("version=1\nRW 8 FLAT \"" + name + "\" 1 \u2028\nRW 8 ZERO\n");
      assertThat(descriptor.extents())
          .containsExactly(
              new ExtentLine("RW", 8, "FLAT", name, 1), new ExtentLine("RW", 8, "ZERO", null, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RW many SPARSE \"a\"",
        "RW 8",
        "RW -8 SPARSE \"a\"",
        "RW 8 SPARSE \"a",
        "RW 99999999999999999999 ZERO",
        "RW 8 FLAT \"a\" 0x10",
        "RW 8 FLAT \"a\" -1"
      })
  void invalidExtentLineIsRefused(String line) {
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\n" + line + "\n"))
        .isInstanceOf(VmdkException.class)
        .hasMessage(
            "disk.vmdk: extent line 2 is '"
                + line
                + "'; expected ACCESS SECTORS TYPE \"FILE\" OFFSET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RW 999999999999999999 ZERO", "RW 8 FLAT \"a\" 999999999999999999"})
  void sizesThatDoNotFitInBytesAreRefused(String line) {
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\n" + line))
        .isInstanceOf(VmdkException.class)
        .hasMessageContaining("in extent line 2 is 999999999999999999 sectors; expected at most");
  }

  @Test
  void aDamagedLineIsRefusedBecauseItMayHaveBeenAnExtent() {
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\nR? 8 SPARSE \"a\"\n"))
        .hasMessage(
            "disk.vmdk: descriptor line 2 is 'R? 8 SPARSE \"a\"'; expected a comment, key=value or an extent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "\u0000", "<xml/>", "#!/bin/sh\nexit"})
  void textThatIsNoDescriptorIsRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .hasMessage(
            "disk.vmdk: holds no VMDK descriptor; expected text that begins with '# Disk DescriptorFile'");
  }

  @Test
  void invalidContentIdIsRefused() throws VmdkException {
    Descriptor descriptor = parse("# Disk DescriptorFile\nCID=xyz\n");
    assertThatThrownBy(descriptor::contentId)
        .hasMessage("disk.vmdk: CID is 'xyz'; expected up to eight hexadecimal digits");
  }

  @Test
  void tooManyExtentsAreRefused() {
    assertThatThrownBy(() -> parse("# Disk DescriptorFile\n" + "RW 1 ZERO\n".repeat(4097)))
        .hasMessageContaining("the number of extents is more than 4096");
  }

  @Test
  void theSumOfExtentsMustFitInALong() throws IOException {
    Path file = Files.createTempFile("sum", ".vmdk");
    try {
      Files.writeString(
          file,
          SparseFixture.descriptor(
              "custom", "RW 17179869184000000 ZERO", "RW 17179869184000000 ZERO"));
      assertThatThrownBy(() -> VmdkDisk.open(file)).hasMessageContaining("the sum of the extents");
    } finally {
      Files.delete(file);
    }
  }
}

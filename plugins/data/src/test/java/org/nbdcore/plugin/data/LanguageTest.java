package org.nbdcore.plugin.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The language of {@code data=}. Where nbdkit 1.32 has the same syntax, it gives the same bytes.
 */
final class LanguageTest {

  private static final Map<String, String> VARIABLES =
      Map.of("a", "5", "b", "\"x\"*2", "q", "$a $b", "bad", "1 ]", "loop", "$loop", "open", "(1");

  private static byte[] variable(String name) {
    String value = VARIABLES.get(name);
    return value == null ? null : value.getBytes(StandardCharsets.UTF_8);
  }

  private static Expression parse(String text) throws Exception {
    return Parser.parse("data", text.getBytes(StandardCharsets.UTF_8), LanguageTest::variable);
  }

  private static String hex(String text) throws Exception {
    return HexFormat.ofDelimiter(" ").formatHex(ByteArrayTarget.of(parse(text)));
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      emptyValue = "",
      nullValues = "-",
      value = {
        "0 1 0x1f 0377 255 → 00 01 1f ff ff",
        "`  ` → ``",
        "() → ``",
        "()*5 → ``",
        "# nothing → ``",
        "`1 # one\n2#two\n3` → 01 02 03",
        "1 2*3 → 01 02 02 02",
        "5 * 3 → 05 05 05",
        "1*0 2 → 02",
        "(1 2)*2*2 → 01 02 01 02 01 02 01 02",
        "(( 1 )) → 01",
        "\"a\"*0x3 → 61 61 61",
        "1*1k*0 7 → 07",
        "1 2 3 @10 → 01 02 03 00 00 00 00 00 00 00",
        "1 @10 @5 → 01 00 00 00 00 00 00 00 00 00",
        "1 2 3 @1 → 01 02 03",
        "( 1 @4 ) 2 → 01 00 00 00 02",
        "@+5 1 @+2 2 @-3 9 → 00 00 00 00 00 01 09 00 02",
        "@+ 2 1 → 00 00 01",
        "1 @^4 2 @^2 → 01 00 00 00 02 00",
        "@^512 1 @^8 2 → 01 00 00 00 00 00 00 00 02",
        "(1 @^4)*2 3 → 01 00 00 00 01 00 00 00 03",
        "9 (@^4 1)*2 → 09 01 01",
        "0x55*6 @0 ( @4 1 ) → 00 00 00 00 01 55",
        "0x55*6 @1 ( 1 @4 )[1:3] → 55 00 00 55 55 55",
        "7*4 @1 0*2 → 07 00 00 07",
        "le16:0x1ff be16:0x1ff → ff 01 01 ff",
        "base64:MTIz 4 → 31 32 33 04",
        "9 base64:+/8=*2 → 09 fb ff fb ff",
        "(base64:MTIz)[1:] base64: 5 → 32 33 05",
        "le32:0777 be32:1 → ff 01 00 00 00 00 00 01",
        "be64:18446744073709551615 le64:2 → ff ff ff ff ff ff ff ff 02 00 00 00 00 00 00 00",
        "\"Hi\\n\\\"\\\\\\t\\?\\'\" → 48 69 0a 22 5c 09 3f 27",
        "\"\\a\\b\\f\\r\\v\\x41\\x4G\\101\\0\" → 07 08 0c 0d 0b 41 04 47 41 00",
        "\"é # (\" → c3 a9 20 23 20 28",
        "`\"a\nb\"` → 61 0a 62",
        "( 1 2 3 )[1:] → 02 03",
        "(1 2 3)[:] → 01 02 03",
        "(1 2 3)[ 1 : 2 ] → 02",
        "\"ab\"[1:]*3 → 62 62 62",
        "\"abc\"[:2][1:] → 62",
        "( 1 2 )*3[2:5] → 01 02 01",
        "1[0:0]2 → 02",
        "\"hello\"[99:99] 1 → 01",
        "(1 2)->\\x \\x \\x → 01 02 01 02",
        "1->\\x 2 \\x*3 → 02 01 01 01",
        "1 -> \\a ( 2 -> \\a \\a ) \\a → 02 01",
        "\"a\" -> \\n ( \\n \"b\" -> \\n \\n ) \\n → 61 62 61",
        "( 9 -> \\in ) 1 -> \\a-b_1 \\a-b_1 → 01",
        "0x55 -> \\s ( @2 \\s ) -> \\t \\t \\t → 00 00 55 00 00 55",
        "$a $b → 05 78 78",
        "$a*2 $b[:1] → 05 05 78",
        "$q → 05 78 78",
        "2 -> \\a $a \\a → 05 02",
        "<(echo hi)*2 → 68 69 0a 68 69 0a",
        "<( echo '(' ')' ) → 28 20 29 0a",
        "<(while :; do printf ab; done)[:3] → 61 62 61",
        "</dev/zero[:3] 1 → 00 00 00 01",
        "<(printf '\\001\\377') → 01 ff",
      })
  void expressionProducesBytes(String text, String bytes) throws Exception {
    assertThat(hex(text)).isEqualTo(bytes);
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "1 256 → line 1, column 3: '256' does not fit into 1 bytes",
        "08 → line 1, column 1: a number is expected here, not '08'",
        "`1\n 2\n  zz` → line 3, column 3: a number is expected here, not 'zz'",
        "1,2 → line 1, column 2: ',' is not allowed here",
        "-1 → line 1, column 1: '-' is not allowed here",
        "le16:65536 → line 1, column 6: '65536' does not fit into 2 bytes",
        "be32:-1 → line 1, column 6: a number is expected here, not ''",
        "0 base64:MTI3N → column 10: no Base64: ",
        "be8:1 → column 1: must be le16, be16, le32, be32, le64 or be64, not 'be8'",
        "(1 2 → line 1, column 1: this '(' is never closed",
        "(1 2)) → line 1, column 6: this ')' has no '('",
        "\"abc → line 1, column 1: this text is never closed",
        "\"a\\u1234\" → line 1, column 3: this escape sequence is unknown",
        "*5 → line 1, column 1: *N must follow an expression",
        "1*$a → line 1, column 3: a number is expected here, not ''",
        "[1:2] → line 1, column 1: [N:M] must follow an expression",
        "1[1 2] → line 1, column 5: ':' is expected here",
        "1[1:2 → line 1, column 6: ']' is expected here",
        "-> \\x → line 1, column 1: -> must follow an expression",
        "1 -> x → line 1, column 6: a name as \\NAME is expected here",
        "1 \\nope → line 1, column 3: \\nope is not defined",
        "( 1 -> \\in ) \\in → line 1, column 14: \\in is not defined",
        "$none → line 1, column 1: there is no parameter or environment variable 'none'",
        "1 $bad → $bad, line 1, column 3: ']' is not allowed here",
        "$loop → $loop, line 1, column 1: more than 200 levels deep",
        "$open → $open, line 1, column 1: this '(' is never closed",
        "@^3 1 → line 1, column 1: @^N needs a power of two, not 3",
        "@ → line 1, column 2: a number is expected here",
        "1 < → line 1, column 3: '<' is followed by",
        "<(echo ( → line 1, column 1: this '(' is never closed",
      })
  void parseErrorShowsLineAndColumn(String text, String message) {
    assertThatThrownBy(() -> parse(text)).hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{index} {0}")
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "@5 @-6 1 → line 1, column 4: the offset is 5 here and cannot become -1",
        "1 @9223372036854775807 @+1 → column 24: the offset is 9223372036854775807 here",
        "@9223372036854775807 1 → column 22: the disk ends before 1 bytes",
        "(1 2)*9223372036854775807 → column 6: repeating 2 bytes 9223372036854775807 times",
        "(1 2 3)[:5] → line 1, column 8: there is no part [0:5] of 3 bytes",
        "(1 2 3)[2:1] → there is no part [2:1]",
        "<(exit 3) → line 1, column 1: the command ended with status 3",
        "<(echo 1; exit 3)[:9] → the command ended with status 3",
        "1 </there/is/none → line 1, column 3: /there/is/none: no such file",
      })
  void evaluationErrorShowsLineAndColumn(String text, String message) {
    assertThatThrownBy(() -> ByteArrayTarget.of(parse(text))).hasMessageContaining(message);
  }

  /** Counts the bytes and the calls that arrive. */
  private static final class Counting implements ByteTarget {

    private long written;
    private long calls;

    @Override
    public void write(ByteBuffer src, long offset) {
      written += src.remaining();
      calls++;
    }

    @Override
    public void zero(long offset, long length) {
      calls++;
    }
  }

  @Test
  void hugeZeroRangesAreNotWritten() throws Exception {
    for (String text :
        List.of("0*7E", "(@1G)*1000000000", "(0*1k @1E)*7", "(1 @1E)[1:]*7", "@7E 1 2")) {
      Counting target = new Counting();
      Expression expression = parse(text);
      expression.write(target, 0, 0, expression.length());
      assertThat(target.written).as(text).isLessThan(3);
      assertThat(target.calls).as(text).isLessThan(40);
    }
  }

  @Test
  void sliceCutsLongRepetitionsAtBothEnds() throws Exception {
    byte[] part = ByteArrayTarget.of(parse("((1 @40000 2)*3)[39999:80003]"));
    byte[] expected = new byte[40_004];
    expected[1] = 2; // the end of the first piece, and the second one
    expected[2] = 1;
    expected[40_002] = 2;
    expected[40_003] = 1;
    assertThat(part).isEqualTo(expected);
  }

  @Test
  void shortRepetitionsAreWrittenInLargeChunks() throws Exception {
    Counting target = new Counting();
    parse("(0x55 0xaa)*4M").write(target, 0, 0, 8 << 20);
    assertThat(target.written).isEqualTo(8 << 20);
    assertThat(target.calls).isLessThan(300);
  }

  @Test
  void commandRunsOnceThoughItsOutputIsUsedOften() throws Exception {
    byte[] twice =
        ByteArrayTarget.of(parse("</dev/urandom[:16]*2 <(head -c 8 /dev/urandom) -> \\r \\r \\r"));
    assertThat(twice).hasSize(48);
    String text = HexFormat.of().formatHex(twice);
    assertThat(text.substring(0, 32)).isEqualTo(text.substring(32, 64));
    assertThat(text.substring(64, 80)).isEqualTo(text.substring(80, 96));
  }
}

package org.nbdcore.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How {@link PageBlock} extracts code from a page. */
class PageCodeTest {

  @Test
  void statementsBecomeAMethodWithTheParametersOfTheComment() {
    PageBlock block =
        only(
            """
            Text.

            <!-- example: List<Path> read(NbdUri uri, int count) -->
            ```java
            import org.example.Special;
            return Path.of("x");
            ```
            """);
    assertThat(block.name()).isEqualTo("read");
    assertThat(block.source())
        .contains("import org.example.Special;\n")
        .contains(
            "public static List<Path> run(NbdUri uri, int count) throws Exception {\nreturn Path")
        .contains("import org.nbdcore.spi.*;\n");
  }

  @Test
  void membersGetTheClassOfTheComment() {
    PageBlock block =
        only(
            """
            <!-- imports: org.example.A, org.example.B -->
            <!-- example: abstract class Minimal implements BlockDevice -->
            ```java
            @Override
            public void close() {}
            ```
            """);
    assertThat(block.name()).isEqualTo("Minimal");
    assertThat(block.source())
        .contains("import org.example.B;\n")
        .endsWith(
            "abstract class Minimal implements BlockDevice {\n"
                + "@Override\n"
                + "public void close() {}\n\n"
                + "}\n");
  }

  @Test
  void completeClassNeedsNoComment() {
    PageBlock block = only("```java\npublic final class Whole {\n}\n```\n");
    assertThat(block.name()).isEqualTo("Whole");
    assertThat(block.source()).endsWith("public final class Whole {\n}\n\n");
  }

  @Test
  void blockWithoutCommentAndClassIsRefused() {
    assertThatThrownBy(() -> PageBlock.of("```java\nint i = 1;\n```\n"))
        .hasMessageContaining("neither a comment <!-- example: … --> nor a class");
  }

  private static PageBlock only(String page) {
    List<PageBlock> blocks = PageBlock.of(page);
    assertThat(blocks).hasSize(1);
    return blocks.get(0);
  }
}

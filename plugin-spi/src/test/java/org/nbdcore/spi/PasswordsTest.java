package org.nbdcore.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PasswordsTest {

  private static final Parameter<Secret> PASSWORD = Parameter.password("password", "Help.");

  @TempDir Path folder;

  private Path file(String contents) throws Exception {
    return Files.writeString(folder.resolve("secret"), contents);
  }

  @Test
  void plainTextIsThePasswordItself() throws Exception {
    assertThat(PASSWORD.isSecret()).isTrue();
    assertThat(PASSWORD.parse("a${sys:user.home}b").reveal()).isEqualTo("a${sys:user.home}b");
    assertThat(PASSWORD.parse("").reveal()).isEmpty();
    assertThat(PASSWORD.parse("ü").bytes()).isEqualTo("ü".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void firstLineOfAFileIsRead() throws Exception {
    assertThat(PASSWORD.parse("+" + file("päss word \nsecond\n")).reveal()).isEqualTo("päss word ");
    assertThat(PASSWORD.parse("+" + file("no newline")).reveal()).isEqualTo("no newline");
  }

  @Test
  void emptyFileIsAnEmptyPassword() throws Exception {
    assertThat(PASSWORD.parse("+" + file("")).reveal()).isEmpty();
    assertThat(PASSWORD.parse("+" + file("\nrest")).reveal()).isEmpty();
  }

  @Test
  void unreadableFileIsReportedWithTheReason() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> PASSWORD.parse("+" + missing))
        .isInstanceOf(ConfigException.class)
        .hasMessage("password cannot be read from " + missing + ": there is no such file");
    assertThatThrownBy(() -> PASSWORD.parse("+" + folder))
        .hasMessage("password cannot be read from " + folder + ": Is a directory");
    assertThatThrownBy(() -> PASSWORD.parse("+" + folder + "/" + "n".repeat(300)))
        .hasMessageEndingWith(": File name too long");
    assertThatThrownBy(() -> PASSWORD.parse("+")).hasMessageContaining("must not be empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0", "-1", "-2"})
  void standardStreamsAreRefused(String text) {
    assertThatThrownBy(() -> PASSWORD.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("which is a standard stream")
        .hasMessageContaining(text.substring(1));
  }

  @Test
  void descriptorMustBeANumber() {
    assertThatThrownBy(() -> PASSWORD.parse("-x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("password ");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void firstLineOfAnInheritedDescriptorIsRead() throws Exception {
    Path secret = file("from a descriptor\nsecond\n");
    ProcessBuilder child =
        new ProcessBuilder(
            "sh",
            "-c",
            "exec \"$0\" -cp \"$1\" org.nbdcore.spi.ShowPassword -7 7<\"$2\"",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            System.getProperty("java.class.path"),
            secret.toString());
    Process process = child.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output.strip()).isEqualTo("[from a descriptor]");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void toStringOfASecretRevealsNothing() {
    Secret secret = new Secret("hunter2");
    assertThat(secret.toString()).isEqualTo(new Secret("").toString());
    assertThat(String.valueOf(secret)).doesNotContain("hunter");
  }

  @Test
  void secretIsGivenAsCharactersBytesAndText() throws Exception {
    Secret secret = PASSWORD.parse("+" + file("p\u00e4ss\ud83d\ude00" + "x".repeat(300) + "\n"));
    String text = "p\u00e4ss\ud83d\ude00" + "x".repeat(300);
    assertThat(secret.chars()).isEqualTo(text.toCharArray());
    assertThat(secret.reveal()).isEqualTo(text);
    assertThat(secret.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void secretMadeOfBytesWipesThemAndGivesCopies() {
    byte[] bytes = "hunter2".getBytes(StandardCharsets.UTF_8);
    Secret secret = Secret.of(bytes);
    assertThat(bytes).containsOnly(0);
    Arrays.fill(secret.bytes(), (byte) 1);
    Arrays.fill(secret.chars(), 'a');
    assertThat(secret.reveal()).isEqualTo("hunter2");
  }

  @Test
  void aPasswordOfAnotherEncodingKeepsItsBytes() throws Exception {
    byte[] latin1 = "päss".getBytes(StandardCharsets.ISO_8859_1);
    Path file = Files.write(folder.resolve("latin1"), latin1);
    assertThat(PASSWORD.parse("+" + file).bytes()).isEqualTo(latin1);
    assertThat(PASSWORD.parse(FileNames.decode(latin1)).bytes()).isEqualTo(latin1);
  }

  @Test
  void aDescriptorThatWasNotInheritedIsRefused() {
    System.setProperty("nbdcore.inherited", "4 5");
    try {
      assertThatThrownBy(() -> PASSWORD.parse("-6"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("file descriptor 6, which is a bad descriptor");
    } finally {
      System.clearProperty("nbdcore.inherited");
    }
  }
}

package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nbdcore.spi.ConfigException;

final class ImageNameTest {

  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "kubevirt/demo:v1, docker.io/kubevirt/demo:v1",
    "index.docker.io/busybox, docker.io/library/busybox:latest",
    "docker://quay.io/a/b-c__d.e, quay.io/a/b-c__d.e:latest",
    "localhost/a, localhost/a:latest",
    "localhost:5000/a:V1.0_x, localhost:5000/a:V1.0_x",
    "[::1]:5000/a/b, [::1]:5000/a/b:latest",
  })
  void shortNamesReferToDockerHub(String text, String name) throws Exception {
    assertThat(ImageName.parse(text)).hasToString(name);
  }

  @Test
  void digestTakesPrecedenceOverTag() throws Exception {
    RegistryName name = RegistryName.parse("quay.io/a:v1@" + DIGEST);
    assertThat(name.reference()).isEqualTo(DIGEST);
    assertThat(name).hasToString("quay.io/a@" + DIGEST);
  }

  @ParameterizedTest
  @CsvSource({
    "https://quay.io/a, without https://",
    "quay.io/a@sha256:1, must have sha256:HEX",
    "quay.io/a:, must have a tag",
    "quay.io/A, must be small letters and digits",
    "quay.io/../a, must be small letters and digits",
    "me:secret@quay.io/a, must have sha256:HEX",
    "a b.c/d, must have HOST[:PORT]",
    "foo..bar/d, must have HOST[:PORT]",
    "1.2.3/d, must have HOST[:PORT]",
    "a-.b/d, must have HOST[:PORT]",
    "[:::::]/d, must have HOST[:PORT]",
    "x.y:99999/d, must have HOST[:PORT]",
    "oci:, must be oci:FOLDER",
  })
  void malformedNamesAreRefused(String text, String message) {
    assertThatThrownBy(() -> ImageName.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret");
  }

  @Test
  void layoutNameIsSplitIntoPathAndTag() throws Exception {
    assertThat(LayoutName.parse("oci:/a/b:c:d").tag()).contains("c:d");
    assertThat(LayoutName.parse("oci-archive:/a/b").path()).isEqualTo(Path.of("/a/b"));
    assertThat(LayoutName.parse("oci:/a@" + DIGEST)).hasToString("oci:/a@" + DIGEST);
  }

  @Test
  void challengesAreParsed() {
    List<String> headers =
        List.of(
            "Negotiate, Basic realm=\"a, b\"",
            "bearer Realm=\"https://t/?a=b,c\" , service=s,scope=\"x:\\\"y\\\" z\"");
    assertThat(AuthChallenge.find(headers, "basic").orElseThrow().parameters())
        .isEqualTo(Map.of("realm", "a, b"));
    assertThat(AuthChallenge.find(headers, "bearer").orElseThrow().parameters())
        .isEqualTo(Map.of("realm", "https://t/?a=b,c", "service", "s", "scope", "x:\"y\" z"));
    assertThat(AuthChallenge.find(List.of("\"=,"), "basic")).isEmpty();
  }

  @Test
  void aLongChallengeIsParsed() {
    String realm = "a".repeat(30_000);
    String escaped = "\\a".repeat(30_000);
    for (String text : List.of(realm, escaped)) {
      assertThat(AuthChallenge.find(List.of("Bearer realm=\"" + text + '"'), "bearer"))
          .hasValueSatisfying(
              challenge -> assertThat(challenge.parameters()).isEqualTo(Map.of("realm", realm)));
    }
  }
}

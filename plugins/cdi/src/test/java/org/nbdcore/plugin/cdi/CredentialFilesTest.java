package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.testkit.Configs;

final class CredentialFilesTest {

  @TempDir private Path folder;

  private static String auth(String pair) {
    return "{\"auth\":\""
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
        + "\"}";
  }

  private static Optional<RegistryCredentials> find(
      String name, Map<String, String> environment, String... more) throws Exception {
    String[] arguments = new String[more.length + 1];
    System.arraycopy(more, 0, arguments, 0, more.length);
    arguments[more.length] = "name=" + name;
    return CredentialFiles.find(
        RegistryName.parse(name), Configs.of(CdiParameters.ALL, arguments), environment);
  }

  private static String user(Optional<RegistryCredentials> found) {
    return found.map(each -> each.user() + ":" + each.secret().reveal()).orElse("none");
  }

  @Test
  void mostSpecificEntryIsUsed() throws Exception {
    Path file = folder.resolve("auth.json");
    Files.writeString(
        file,
        "{\"auths\":{\"quay.io\":"
            + auth("all:a:b")
            + ",\"quay.io/a/b\":"
            + auth("some:c")
            + ",\"other.io\":{\"username\":\"u\",\"password\":\"p\"},"
            + "\"https://index.docker.io/v1/\":"
            + auth("hub:d\0\0")
            + ",\"token.io\":{\"auth\":\"\",\"identitytoken\":\"t\"}}}");
    String given = "authfile=" + file;
    assertThat(user(find("quay.io/a/b/c", Map.of(), given))).isEqualTo("some:c");
    assertThat(user(find("quay.io/a/bc", Map.of(), given))).isEqualTo("all:a:b");
    assertThat(user(find("other.io/x", Map.of(), given))).isEqualTo("u:p");
    assertThat(user(find("busybox", Map.of(), given))).isEqualTo("hub:d");
    assertThat(user(find("third.io/x", Map.of(), given))).isEqualTo("none");
    assertThat(user(find("quay.io/x", Map.of(), given, "user=me", "password=pw")))
        .isEqualTo("me:pw");
    RegistryCredentials token = find("token.io/x", Map.of(), given).orElseThrow();
    assertThat(token.token()).isTrue();
    assertThat(token.toString()).doesNotContain("t]");
  }

  @Test
  void credentialFilesOfPodmanAndDockerAreFound() throws Exception {
    Files.createDirectories(folder.resolve("run/containers"));
    Files.createDirectories(folder.resolve(".config/containers"));
    Files.createDirectories(folder.resolve(".docker"));
    String text = "{\"auths\":{\"quay.io\":%s}}";
    Map<String, String> environment =
        Map.of("HOME", folder.toString(), "XDG_RUNTIME_DIR", folder + "/run");
    assertThat(user(find("quay.io/a", environment))).isEqualTo("none");
    Files.writeString(folder.resolve(".docker/config.json"), text.formatted(auth("docker:1")));
    assertThat(user(find("quay.io/a", environment))).isEqualTo("docker:1");
    Files.writeString(
        folder.resolve(".config/containers/auth.json"), text.formatted(auth("config:1")));
    assertThat(user(find("quay.io/a", environment))).isEqualTo("config:1");
    Map<String, String> empty = new HashMap<>(environment);
    for (String name : List.of("REGISTRY_AUTH_FILE", "XDG_CONFIG_HOME", "DOCKER_CONFIG")) {
      empty.put(name, ""); // as not set
    }
    assertThat(user(find("quay.io/a", empty))).isEqualTo("config:1");
    Path last = folder.resolve("run/containers/auth.json");
    Files.writeString(last, text.formatted(auth("run:1")));
    assertThat(user(find("quay.io/a", environment))).isEqualTo("run:1");
    Files.writeString(last, "{}");
    assertThat(user(find("quay.io/a", environment))).isEqualTo("config:1");
  }

  @Test
  void errorNamesAnInvalidFileWithoutItsContents() throws Exception {
    Path file = folder.resolve("auth.json");
    assertThatThrownBy(() -> find("quay.io/a", Map.of(), "authfile=" + file))
        .hasMessage("cannot read credentials of " + file);
    Files.writeString(file, "{\"auths\":{\"quay.io\":{\"auth\":\"c2VjcmV0\"}}}");
    assertThatThrownBy(() -> find("quay.io/a", Map.of(), "authfile=" + file))
        .hasMessage(file + ": auth must be USER:PASSWORD in base 64");
    Files.writeString(file, "hush");
    assertThatThrownBy(() -> find("quay.io/a", Map.of(), "authfile=" + file))
        .hasMessage(file + " is not a JSON object");
  }

  @Test
  void identityTokenIsExchangedForAnAccessToken() throws Exception {
    TestImage image = new TestImage();
    byte[] layer = TestImage.bytes(8, 100);
    String manifest = image.layer(layer).manifest();
    try (TestRegistry registry = new TestRegistry(image)) {
      registry.challenge = "Bearer realm=\"http://localhost:PORT/token\",service=\"s\"";
      registry.tags.put("latest", manifest);
      String host = "localhost:" + registry.port();
      Path file = folder.resolve("auth.json");
      Files.writeString(file, "{\"auths\":{\"" + host + "\":{\"identitytoken\":\"identity+\"}}}");
      try (StartedDisk disk =
          StartedDisk.of(
              Map.of("REGISTRY_AUTH_FILE", file.toString()),
              "name=" + registry.name(),
              "plain-http=true")) {
        assertThat(disk.contents()).isEqualTo(layer);
      }
      assertThat(registry.requestsTo("/token"))
          .singleElement()
          .satisfies(
              request -> {
                assertThat(request.line()).isEqualTo("POST /token");
                assertThat(request.body())
                    .contains("grant_type=refresh_token")
                    .contains("scope=repository%3Adisks%2Fdemo%3Apull");
              });
    }
  }
}

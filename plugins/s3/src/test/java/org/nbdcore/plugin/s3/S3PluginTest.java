package org.nbdcore.plugin.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ConfigException;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Plugin;
import org.nbdcore.spi.Secret;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.Configs;
import org.nbdcore.testkit.DiskContents;

final class S3PluginTest {

  private static final String FIRST = "/disks/disk/0000000000000000";

  private ObjectServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new ObjectServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Plugin plugin(List<String> arguments) throws Exception {
    Plugin plugin = S3Parameters.plugin(Configs.of(S3Parameters.ALL, arguments), environment());
    plugin.start(StartContext.NONE);
    return plugin;
  }

  private static Map<String, String> environment() {
    return Map.of("AWS_REGION", ObjectServer.ACCOUNT.region());
  }

  private BlockDevice blocks() throws Exception {
    List<String> arguments = new ArrayList<>(server.parameters("disk"));
    arguments.addAll(List.of("size=40", "object-size=16"));
    return plugin(arguments).open(OpenRequest.detached("", false));
  }

  /** Before Java 21, the JDK's HTTP client keeps its thread until it is collected. */
  @Test
  void disksShareAnHttpClient() throws Exception {
    DiskContents.read(blocks(), 0, 1);
    long before = httpClients();
    for (int i = 0; i < 3; i++) {
      DiskContents.read(blocks(), 0, 1);
    }
    assertThat(httpClients()).isLessThanOrEqualTo(before);
  }

  private static long httpClients() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("HttpClient-\\d+-SelectorManager"))
        .count();
  }

  @Test
  void writesOfCompleteObjectsPutNumberedObjectsWithoutReading() throws Exception {
    BlockDevice device = blocks();
    device.write(ByteBuffer.wrap(new byte[32]), 0, Flags.NONE);
    assertThat(server.requests).containsExactly("PUT " + FIRST, "PUT /disks/disk/0000000000000001");
    device.write(ByteBuffer.wrap(new byte[] {1}), 39, Flags.NONE);
    assertThat(server.objects.get("/disks/disk/0000000000000002")).hasSize(16).endsWith(0, 0, 0);
    device.trim(0, 40, Flags.NONE);
    assertThat(server.objects).isEmpty();
  }

  @Test
  void zeroOfAMissingObjectCreatesNoObject() throws Exception {
    BlockDevice device = blocks();
    device.zero(3, 5, Flags.NONE);
    assertThat(server.objects).isEmpty();
    server.objects.put(FIRST, "abcdefghijklmnop".getBytes(StandardCharsets.UTF_8));
    device.zero(1, 14, Flags.NONE);
    assertThat(server.objects.get(FIRST)).startsWith('a', 0).endsWith(0, 'p');
  }

  @Test
  void anObjectOfAnotherSizeIsAnError() throws Exception {
    server.objects.put(FIRST, new byte[17]);
    BlockDevice device = blocks();
    for (int length : new int[] {5, 16}) {
      assertThatThrownBy(() -> DiskContents.read(device, 0, length))
          .hasMessageContaining("disk/0000000000000000 is not an object of 16 bytes");
    }
  }

  @Test
  void transientFailuresAreRetriedAndPersistentOnesReported() throws Exception {
    server.objects.put(FIRST, new byte[16]);
    BlockDevice device = blocks();
    server.failures.addAll(List.of(503, 500));
    assertThat(DiskContents.read(device, 0, 16)).containsOnly(0);
    server.failures.addAll(List.of(500, 500, 500, 500, 500));
    assertThatThrownBy(() -> DiskContents.read(device, 0, 16)).hasMessageContaining("answered 500");
  }

  @Test
  void aWrongSecretIsRefusedAndNotShown() throws Exception {
    List<String> arguments = new ArrayList<>(server.parameters("disk.img"));
    arguments.replaceAll(word -> word.startsWith("secret-key=") ? "secret-key=wrong" : word);
    server.objects.put("/disks/disk.img", new byte[5]);
    assertThatThrownBy(() -> plugin(arguments).open(OpenRequest.detached("", true)))
        .hasMessageContaining("disk.img: the server answered 403")
        .hasMessageNotContaining("wrong")
        .isInstanceOfSatisfying(
            NbdException.class, e -> assertThat(e.error()).isEqualTo(NbdError.EPERM));
  }

  @Test
  void errorNamesAMissingObject() {
    assertThatThrownBy(
            () -> plugin(server.parameters("none.img")).open(OpenRequest.detached("", true)))
        .hasMessageContaining("none.img: the server answered 404");
  }

  @Test
  void credentialsComeFromTheEnvironmentOrFromAProfile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("credentials");
    Files.writeString(
        file,
        "[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n"
            + "[work]\n# a comment\naws_access_key_id=C\naws_secret_access_key=D=\n"
            + "aws_session_token=E\nregion = moon\n");
    Map<String, String> environment =
        Map.of(
            "AWS_SHARED_CREDENTIALS_FILE", file.toString(),
            "AWS_CONFIG_FILE", file.toString(),
            "AWS_PROFILE", "work");
    Optional<Secret> none = Optional.empty();
    AwsAccount account = AwsAccount.find(none, none, none, environment);
    assertThat(account.accessKey()).isEqualTo("C");
    assertThat(account.secretKey().reveal()).isEqualTo("D=");
    assertThat(account.token().orElseThrow().reveal()).isEqualTo("E");
    assertThat(account.region()).isEqualTo("moon");
    assertThat(account.toString()).doesNotContain("C", "D=");
    Map<String, String> more = new HashMap<>(environment);
    more.putAll(Map.of("AWS_ACCESS_KEY_ID", "F", "AWS_SECRET_ACCESS_KEY", "G"));
    assertThat(AwsAccount.find(none, none, none, more).accessKey()).isEqualTo("F");
    more.keySet().removeIf(name -> name.contains("KEY"));
    more.put("AWS_PROFILE", "other");
    assertThatThrownBy(() -> AwsAccount.find(none, none, none, more))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no credentials")
        .hasMessageContaining("profile other of " + file);
  }

  @Test
  void bucketIsPartOfTheHostNameOnAmazonsServers() {
    Optional<URI> none = Optional.empty();
    assertThat(Bucket.of(none, "my-disks", "eu-west-1").uri("a b"))
        .isEqualTo(URI.create("https://my-disks.s3.eu-west-1.amazonaws.com/a%20b"));
    assertThat(Bucket.of(none, "My.disks", "eu-west-1").uri("a"))
        .isEqualTo(URI.create("https://s3.eu-west-1.amazonaws.com/My.disks/a"));
    assertThat(Bucket.of(Optional.of(URI.create("HTTPS://h:443/s3")), "b", "r").uri("a"))
        .isEqualTo(URI.create("https://h/s3/b/a"));
  }

  @Test
  void incompleteParameterPairsAreRefused() {
    for (String[] words :
        new String[][] {
          {"size=1M", "size and object-size must be given together"},
          {"access-key=A", "access-key and secret-key must be given together"},
          {"session-token=A", "session-token needs access-key and secret-key"}
        }) {
      assertThatThrownBy(() -> plugin(List.of("bucket=bbb", "key=k", words[0])))
          .hasMessageContaining(words[1]);
    }
  }
}

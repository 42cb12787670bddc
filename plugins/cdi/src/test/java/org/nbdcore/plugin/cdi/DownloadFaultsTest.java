package org.nbdcore.plugin.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nbdcore.spi.NbdException;

/** Layers that do not arrive as they should. */
@Timeout(60)
final class DownloadFaultsTest {

  private static final byte[] PLAIN = TestImage.bytes(4, 400_000);

  private final TestImage image = new TestImage();
  private TestRegistry registry;

  @BeforeEach
  void serve() throws IOException {
    registry = new TestRegistry(image);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private byte[] pull(String digest) throws Exception {
    registry.tags.put("latest", digest);
    return StartedDisk.contents("name=" + registry.name(), "plain-http=true");
  }

  @Test
  void aBrokenDownloadContinuesWhereItBroke() throws Exception {
    String manifest = image.layer(TestImage.GZIP, TestImage.gzip(PLAIN), PLAIN).manifest();
    Collections.addAll(registry.cuts, 55, 100_000, 0, 1);
    assertThat(pull(manifest)).isEqualTo(PLAIN);
    assertThat(registry.requestsTo("/blobs/").stream().map(each -> each.header("Range")))
        .anyMatch(range -> range != null && !range.equals("bytes=0-"));
    assertThat(StartedDisk.PAUSES).hasSize(4);
  }

  @Test
  void brokenDownloadRestartsIfTheServerIgnoresRanges() throws Exception {
    String manifest = image.layer(PLAIN).manifest();
    registry.ranges = false;
    Collections.addAll(registry.cuts, 0, 200_000);
    assertThat(pull(manifest)).isEqualTo(PLAIN);
  }

  @Test
  void aDownloadThatBreaksAgainAndAgainFails() {
    String manifest = image.layer(PLAIN).manifest();
    Collections.addAll(registry.cuts, 1000, 0, 0, 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> pull(manifest))
        .hasMessageContaining(registry.name() + ":latest: the download fails again and again");
    assertThat(StartedDisk.PAUSES).contains(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void layerWithAnotherDigestIsRefused() {
    byte[] wrong = PLAIN.clone();
    wrong[PLAIN.length - 1]++;
    String manifest = image.layer(PLAIN).manifest();
    registry.blobs.put(TestImage.digest(PLAIN), wrong);
    assertThatThrownBy(() -> pull(manifest))
        .hasMessageContaining("its digest must be " + TestImage.digest(PLAIN))
        .hasMessageContaining(", not " + TestImage.digest(wrong));
  }

  @Test
  void manifestWithAnotherDigestIsRefused() {
    String manifest = image.layer(PLAIN).manifest();
    registry.blobs.put(manifest, "{\"layers\":[]}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> pull(manifest)).hasMessageContaining("its digest must be " + manifest);
  }

  @Test
  void uncompressedLayerMustHaveTheDigestOfTheConfiguration() throws Exception {
    String manifest = image.layer(TestImage.GZIP, TestImage.gzip(PLAIN), new byte[1]).manifest();
    assertThatThrownBy(() -> pull(manifest))
        .hasMessageContaining("uncompressed layer sha256:")
        .hasMessageContaining("its digest must be " + TestImage.digest(new byte[1]));
  }

  @Test
  void layerLongerThanItsDescriptorIsRefused() {
    String manifest = image.layer(PLAIN).manifest();
    registry.blobs.put(TestImage.digest(PLAIN), Arrays.copyOf(PLAIN, PLAIN.length + 1));
    assertThatThrownBy(() -> pull(manifest))
        .hasMessageContaining("is longer than its 400000 bytes");
  }

  @Test
  void truncatedGzipLayerIsReported() throws Exception {
    byte[] packed = Arrays.copyOf(TestImage.gzip(PLAIN), 1000);
    String manifest = image.layer(TestImage.GZIP, packed, PLAIN).manifest();
    assertThatThrownBy(() -> pull(manifest)).hasMessageContaining("cannot be decompressed");
  }

  @Test
  void severalGzipMembersAreOneLayer() throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    packed.write(TestImage.gzip(Arrays.copyOf(PLAIN, 150_000)));
    packed.write(TestImage.gzip(Arrays.copyOfRange(PLAIN, 150_000, PLAIN.length)));
    // the media type says that it is not compressed
    assertThat(pull(image.layer(TestImage.TAR, packed.toByteArray(), PLAIN).manifest()))
        .isEqualTo(PLAIN);
  }

  @Test
  void aLayerThatIsNotATarFileIsServedAsItIs() throws Exception {
    byte[] packed = TestImage.gzip(PLAIN);
    assertThat(pull(image.layer("application/vnd.example.disk.raw.gz", packed, packed).manifest()))
        .isEqualTo(packed);
  }

  @Test
  void unsupportedLayersAndManifestsAreReported() {
    String encrypted = image.layer(TestImage.GZIP + "+encrypted", PLAIN, PLAIN).manifest();
    assertThatThrownBy(() -> pull(encrypted)).hasMessageContaining("is encrypted");
    String old = image.add("{\"schemaVersion\":1}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> pull(old)).hasMessageContaining("manifest of schema 1");
    String text = image.add("<html>".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> pull(text)).hasMessageContaining("is not a JSON object");
    String other = image.add("{}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> pull(other))
        .hasMessageContaining("is neither an image manifest nor an image index");
  }

  /** A registry must not fill the log. */
  @Test
  void errorShowsOnlyTheStartOfALongValue() {
    String value = "x".repeat(20_000);
    String descriptor = "{\"layers\":[{\"digest\":\"%s\",\"size\":\"%s\",\"mediaType\":\"%s\"}]}";
    String right = TestImage.digest(PLAIN);
    for (String json :
        List.of(
            String.format(Locale.ROOT, descriptor, value, "1", ""),
            String.format(Locale.ROOT, descriptor, right, value, ""),
            String.format(Locale.ROOT, descriptor, right, "1", value + "+encrypted"),
            "{\"manifests\":[{\"digest\":\""
                + right
                + "\",\"size\":1,\"platform\":{\"os\":\""
                + value
                + "\"}}]}")) {
      String manifest = image.add(json.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> pull(manifest))
          .isInstanceOf(NbdException.class)
          .satisfies(e -> assertThat(e.getMessage()).contains("...").hasSizeLessThan(600));
    }
  }

  @Test
  void tooDeeplyNestedIndexIsRefused() {
    String manifest = image.layer(PLAIN).manifest();
    String inner = manifest;
    for (int i = 0; i < 6; i++) {
      inner = image.index(java.util.Map.of(inner, ""));
    }
    String deep = inner;
    assertThatThrownBy(() -> pull(deep)).hasMessageContaining("too many indexes");
  }
}

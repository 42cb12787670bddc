package org.nbdcore.plugin.cdi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Builds an image: its blobs by their digests. */
final class TestImage {

  static final String INDEX = "application/vnd.oci.image.index.v1+json";
  static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  static final String TAR = "application/vnd.oci.image.layer.v1.tar";
  static final String GZIP = TAR + "+gzip";

  final Map<String, byte[]> blobs = new LinkedHashMap<>();
  private final List<String> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();

  static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  static String digest(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  String add(byte[] blob) {
    blobs.put(digest(blob), blob);
    return digest(blob);
  }

  /**
   * A layer.
   *
   * @param stored as the registry has it
   * @param plain its uncompressed bytes
   */
  TestImage layer(String mediaType, byte[] stored, byte[] plain) {
    layers.add(descriptor(mediaType, add(stored), stored.length, ""));
    diffIds.add('"' + digest(plain) + '"');
    return this;
  }

  TestImage layer(byte[] plain) {
    return layer(TAR, plain, plain);
  }

  static String descriptor(String mediaType, String digest, int size, String more) {
    return String.format(
        java.util.Locale.ROOT,
        "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}",
        mediaType,
        digest,
        size,
        more);
  }

  static String platform(String os, String architecture, String variant) {
    return ",\"platform\":{\"os\":\""
        + os
        + "\",\"architecture\":\""
        + architecture
        + "\",\"variant\":\""
        + variant
        + "\"}";
  }

  /** Ends the image; returns the digest of its manifest. */
  String manifest() {
    byte[] config =
        ("{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + String.join(",", diffIds) + "]}}")
            .getBytes(StandardCharsets.UTF_8);
    String text =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + MANIFEST
            + "\",\"config\":"
            + descriptor(CONFIG, add(config), config.length, "")
            + ",\"layers\":["
            + String.join(",", layers)
            + "]}";
    layers.clear();
    diffIds.clear();
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * An index of manifests. The value of each entry follows its digest: a platform or annotations.
   */
  String index(Map<String, String> manifests) {
    String entries =
        manifests.entrySet().stream()
            .map(e -> descriptor(MANIFEST, e.getKey(), blobs.get(e.getKey()).length, e.getValue()))
            .collect(Collectors.joining(","));
    String text = "{\"schemaVersion\":2,\"mediaType\":\"" + INDEX + "\",\"manifests\":[";
    return add((text + entries + "]}").getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes a layout.
   *
   * @param root digest of the index
   */
  void writeLayout(Path folder, String root) throws IOException {
    Files.createDirectories(folder.resolve("blobs/sha256"));
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.write(folder.resolve("index.json"), blobs.get(root));
    for (Map.Entry<String, byte[]> each : blobs.entrySet()) {
      Files.write(
          folder.resolve("blobs").resolve(each.getKey().replace(':', '/')), each.getValue());
    }
  }
}

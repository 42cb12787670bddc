package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** Finds a layer: through the index, the manifest and the configuration of an image. */
final class ImageResolver {

  /** Registries accept manifests of at least 4 MiB (OCI Distribution Specification). */
  static final int LARGEST_DOCUMENT = 8 << 20;

  private static final Set<String> CONFIGURATIONS =
      Set.of(
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");

  /** An index may refer to another one. */
  private static final int DEEPEST = 4;

  private final ImageSource source;
  private final Platform platform;

  ImageResolver(ImageSource source, Platform platform) {
    this.source = source;
    this.platform = platform;
  }

  /**
   * Finds a layer.
   *
   * @param number counted from 0
   */
  ImageLayer layer(int number) throws IOException {
    JsonDocument manifest = manifest();
    List<JsonDocument> layers = manifest.objects("layers");
    if (number >= layers.size()) {
      throw new NbdException(
          NbdError.EINVAL,
          "layer=" + number + ": " + source.shown() + " has " + layers.size() + " layers, from 0");
    }
    BlobDescriptor blob = layers.get(number).descriptor();
    return new ImageLayer(blob, diffId(manifest, number, layers.size()));
  }

  private JsonDocument manifest() throws IOException {
    JsonDocument document = JsonDocument.parse(source.root(), source.shown());
    for (int depth = 0; depth < DEEPEST; depth++) {
      if (document.has("layers")) {
        return document;
      }
      if (!document.has("manifests")) {
        boolean old = document.string("schemaVersion").orElse("").equals("1");
        throw new NbdException(
            NbdError.ENOTSUP,
            source.shown()
                + (old
                    ? " has a manifest of schema 1, which is not supported"
                    : " is neither an image manifest nor an image index"));
      }
      BlobDescriptor chosen = choose(document.objects("manifests"));
      try (InputStream in = source.manifest(chosen)) {
        document = verified(in, chosen, "manifest");
      }
    }
    throw new NbdException(NbdError.EIO, source.shown() + " has too many indexes in each other");
  }

  private JsonDocument verified(InputStream in, BlobDescriptor of, String kind) throws IOException {
    String what = kind + " " + of.digest() + " of " + source.shown();
    byte[] bytes = ImageSource.small(in, what);
    of.digest().check(bytes, what);
    return JsonDocument.parse(bytes, what);
  }

  private BlobDescriptor choose(List<JsonDocument> manifests) throws IOException {
    StringBuilder others = new StringBuilder();
    for (JsonDocument each : manifests) {
      BlobDescriptor manifest = each.descriptor();
      boolean sole = manifests.size() == 1 && manifest.platform().isEmpty();
      if (sole || manifest.platform().filter(platform::accepts).isPresent()) {
        return manifest;
      }
      others.append(others.isEmpty() ? "" : ", ");
      others.append(manifest.platform().map(Platform::toString).orElse("unknown"));
    }
    throw new NbdException(
        NbdError.EIO,
        source.shown()
            + " has no image for platform="
            + platform
            + ", only for: "
            + Excerpt.of(others.toString()));
  }

  /** Digest of the uncompressed layer, of an image's configuration; artifacts have none. */
  private Optional<ContentDigest> diffId(JsonDocument manifest, int number, int layers)
      throws IOException {
    if (!manifest.object("config").has("digest")) {
      return Optional.empty();
    }
    BlobDescriptor config = manifest.object("config").descriptor();
    if (!CONFIGURATIONS.contains(config.mediaType())) {
      return Optional.empty();
    }
    try (InputStream in = source.blob(config)) {
      List<String> ids =
          verified(in, config, "configuration").object("rootfs").array("diff_ids").stream()
              .filter(id -> id.isJsonPrimitive())
              .map(id -> id.getAsString())
              .collect(Collectors.toList());
      return ids.size() == layers ? ContentDigest.parse(ids.get(number)) : Optional.empty();
    }
  }
}

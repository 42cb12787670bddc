package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/** An image in a layout. */
final class LayoutImage implements ImageSource {

  private final LayoutName name;
  private final LayoutFiles files;

  LayoutImage(LayoutName name, LayoutFiles files) {
    this.name = name;
    this.files = files;
  }

  /** The index of the whole layout, if it has only one image or the user has named no tag. */
  @Override
  public byte[] root() throws IOException {
    byte[] index = read("index.json");
    if (name.digest().isPresent()) {
      ContentDigest digest = name.digest().get();
      byte[] bytes = read(path(digest));
      digest.check(bytes, shown());
      return bytes;
    }
    List<BlobDescriptor> images = List.of();
    JsonDocument document = JsonDocument.parse(index, "index.json of " + shown());
    if (name.tag().isPresent()) {
      images = tagged(document, name.tag().get());
    } else if (tags(document).size() > 1) {
      throw new NbdException(
          NbdError.EINVAL, shown() + " has several images, name one: " + shown(tags(document)));
    }
    if (images.isEmpty()) {
      return index;
    }
    ContentDigest digest = images.get(0).digest();
    byte[] bytes = read(path(digest));
    digest.check(bytes, shown());
    return bytes;
  }

  private List<BlobDescriptor> tagged(JsonDocument index, String tag) throws IOException {
    for (JsonDocument each : index.objects("manifests")) {
      BlobDescriptor image = each.descriptor();
      if (image.refName().filter(tag::equals).isPresent()) {
        return List.of(image);
      }
    }
    throw new NbdException(NbdError.EIO, shown() + " has no such tag, only: " + shown(tags(index)));
  }

  private static List<String> tags(JsonDocument index) throws IOException {
    return index.objects("manifests").stream()
        .map(each -> each.object("annotations").string("org.opencontainers.image.ref.name"))
        .flatMap(tag -> tag.stream())
        .distinct()
        .collect(Collectors.toList());
  }

  private static String shown(List<String> tags) {
    return Excerpt.of(String.join(", ", tags));
  }

  private byte[] read(String file) throws IOException {
    try (InputStream in = files.open(file)) {
      return ImageSource.small(in, file + " of " + shown());
    }
  }

  private static String path(ContentDigest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  @Override
  public InputStream manifest(BlobDescriptor manifest) throws IOException {
    return files.open(path(manifest.digest()));
  }

  @Override
  public InputStream blob(BlobDescriptor blob) throws IOException {
    return files.open(path(blob.digest()));
  }

  @Override
  public String shown() {
    return name.toString();
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}

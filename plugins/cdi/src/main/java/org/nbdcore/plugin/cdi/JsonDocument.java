package org.nbdcore.plugin.cdi;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * An untrusted JSON object: every value may be missing or of another type.
 *
 * @param what kind of document it is, for messages
 */
record JsonDocument(JsonObject json, String what) {

  static JsonDocument parse(byte[] bytes, String what) throws IOException {
    try {
      JsonElement parsed = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8));
      if (parsed.isJsonObject()) {
        return new JsonDocument(parsed.getAsJsonObject(), what);
      }
    } catch (JsonParseException e) {
      // Without the cause, whose message may contain a part of the document.
    }
    throw new NbdException(NbdError.EIO, what + " is not a JSON object");
  }

  boolean has(String key) {
    return json.has(key);
  }

  Optional<String> string(String key) {
    JsonElement value = json.get(key);
    boolean text = value != null && value.isJsonPrimitive();
    return text ? Optional.of(value.getAsString()) : Optional.empty();
  }

  /** An object inside; empty if there is none. */
  JsonDocument object(String key) {
    JsonElement value = json.get(key);
    return new JsonDocument(
        value != null && value.isJsonObject() ? value.getAsJsonObject() : new JsonObject(), what);
  }

  List<JsonElement> array(String key) {
    JsonElement value = json.get(key);
    JsonArray array = value != null && value.isJsonArray() ? value.getAsJsonArray() : null;
    return array == null ? List.of() : array.asList();
  }

  /** The objects in an array. */
  List<JsonDocument> objects(String key) {
    List<JsonDocument> objects = new ArrayList<>();
    for (JsonElement each : array(key)) {
      if (each.isJsonObject()) {
        objects.add(new JsonDocument(each.getAsJsonObject(), what));
      }
    }
    return objects;
  }

  /** This object as a descriptor of a blob. */
  BlobDescriptor descriptor() throws IOException {
    String text = string("digest").orElse("");
    ContentDigest digest =
        ContentDigest.parse(text)
            .orElseThrow(
                () ->
                    new NbdException(
                        NbdError.EIO,
                        what
                            + ": a digest must be sha256 or sha512, not '"
                            + Excerpt.of(text)
                            + "'"));
    JsonDocument platform = object("platform");
    return new BlobDescriptor(
        string("mediaType").orElse(""),
        digest,
        size(),
        platform.string("os").isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Platform(
                    platform.string("os").get(),
                    platform.string("architecture").orElse(""),
                    platform.string("variant").orElse(""))),
        object("annotations").string("org.opencontainers.image.ref.name"));
  }

  private long size() throws IOException {
    String text = string("size").orElse("none");
    try {
      long size = Long.parseLong(text);
      if (size >= 0) {
        return size;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new NbdException(
        NbdError.EIO, what + ": a size must be a number, not '" + Excerpt.of(text) + "'");
  }
}

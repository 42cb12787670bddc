package org.nbdcore.plugin.cdi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nbdcore.spi.Config;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.Secret;

/** Finds the user's credentials for a registry, where podman and docker keep them. */
final class CredentialFiles {

  private CredentialFiles() {}

  /** Parameters come before files; the first file with an entry for the image counts. */
  static Optional<RegistryCredentials> find(
      RegistryName name, Config config, Map<String, String> environment) throws IOException {
    if (config.has(CdiParameters.USER)) {
      return Optional.of(
          new RegistryCredentials(
              config.get(CdiParameters.USER),
              config.find(CdiParameters.PASSWORD).orElse(new Secret("")),
              false));
    }
    Optional<Path> given = config.find(CdiParameters.AUTHFILE);
    for (Path file : given.map(List::of).orElseGet(() -> usual(environment))) {
      if (given.isPresent() || Files.exists(file)) {
        Optional<RegistryCredentials> found = inFile(file, name);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** The files of containers-auth.json(5) and of docker, in podman's order. */
  private static List<Path> usual(Map<String, String> environment) {
    List<Path> files = new ArrayList<>();
    String only = environment.getOrDefault("REGISTRY_AUTH_FILE", "");
    if (!only.isEmpty()) {
      return List.of(Path.of(only));
    }
    add(files, environment.getOrDefault("XDG_RUNTIME_DIR", ""), "containers/auth.json");
    add(files, folder(environment, "XDG_CONFIG_HOME", "/.config"), "containers/auth.json");
    add(files, folder(environment, "DOCKER_CONFIG", "/.docker"), "config.json");
    return files;
  }

  /** The value of a variable. An empty one counts as not set. */
  private static String folder(Map<String, String> environment, String variable, String inHome) {
    String given = environment.getOrDefault(variable, "");
    String home = environment.getOrDefault("HOME", "");
    return given.isEmpty() && !home.isEmpty() ? home + inHome : given;
  }

  private static void add(List<Path> files, String folder, String file) {
    if (!folder.isEmpty()) {
      files.add(Path.of(folder, file));
    }
  }

  private static Optional<RegistryCredentials> inFile(Path file, RegistryName name)
      throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new NbdException(NbdError.EIO, "cannot read credentials of " + file, e);
    }
    JsonDocument auths = JsonDocument.parse(bytes, file.toString()).object("auths");
    for (String key : keys(name)) {
      if (auths.has(key)) {
        Optional<RegistryCredentials> found = entry(auths.object(key), file);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The keys to look up, the most specific first: the image, each folder above it, the registry.
   */
  private static List<String> keys(RegistryName name) {
    List<String> keys = new ArrayList<>();
    String key = name.host() + "/" + name.repository();
    for (int slash = key.length(); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
      keys.add(key.substring(0, slash));
    }
    List<String> hosts = new ArrayList<>(List.of(name.host()));
    if (name.host().equals(RegistryName.DOCKER_HUB)) {
      hosts.addAll(List.of("index.docker.io", "registry-1.docker.io"));
    }
    for (String host : hosts) {
      keys.add(host);
      for (String scheme : new String[] {"https://", "http://"}) {
        for (String path : new String[] {"", "/", "/v1/", "/v2/", "/v1", "/v2"}) {
          keys.add(scheme + host + path);
        }
      }
    }
    return keys;
  }

  private static Optional<RegistryCredentials> entry(JsonDocument entry, Path file)
      throws IOException {
    Optional<String> token = entry.string("identitytoken").filter(text -> !text.isEmpty());
    if (token.isPresent()) {
      return Optional.of(new RegistryCredentials("", new Secret(token.get()), true));
    }
    Optional<String> pair = entry.string("auth").filter(text -> !text.isEmpty());
    if (pair.isPresent()) {
      String text = decoded(pair.get(), file);
      int colon = text.indexOf(':');
      return Optional.of(
          new RegistryCredentials(
              text.substring(0, colon), new Secret(text.substring(colon + 1)), false));
    }
    return entry
        .string("username")
        .map(
            user ->
                new RegistryCredentials(
                    user, new Secret(entry.string("password").orElse("")), false));
  }

  private static String decoded(String auth, Path file) throws IOException {
    try {
      String text = new String(Base64.getMimeDecoder().decode(auth), StandardCharsets.UTF_8);
      // docker pads short ones with NUL
      text = text.replaceAll("\0+$", "");
      if (text.indexOf(':') >= 0) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message may contain a part of the password.
    }
    throw new NbdException(NbdError.EIO, file + ": auth must be USER:PASSWORD in base 64");
  }
}

package org.nbdcore.plugin.nbd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nbdcore.spi.ConfigException;

/** TCP ports by number or by the name of a service. */
final class Ports {

  private static final Path SERVICES = Path.of("/etc/services");

  private Ports() {}

  static int number(String text) throws ConfigException {
    int number = -1;
    if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
      try {
        number = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        number = -1; // out of range, or no number after all
      }
    } else {
      number = named(text);
    }
    if (number < 1 || number > 65535) {
      throw new ConfigException(
          "port must be a number between 1 and 65535 or the name of a TCP service, not '"
              + text
              + "'");
    }
    return number;
  }

  private static int named(String name) {
    try {
      for (String line : Files.readAllLines(SERVICES, StandardCharsets.ISO_8859_1)) {
        int comment = line.indexOf('#');
        String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+");
        if (words.length < 2 || !words[1].endsWith("/tcp")) {
          continue;
        }
        for (int i = 0; i < words.length; i++) {
          if (i != 1 && words[i].equals(name)) {
            return Integer.parseInt(words[1].substring(0, words[1].indexOf('/')));
          }
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1; // this system has no list of services
    }
    return -1;
  }
}

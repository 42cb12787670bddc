package org.nbdcore.filter.luks;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nbdcore.spi.NbdException;

/**
 * An object in the header of a LUKS container of version 2. A missing or wrong value causes an
 * error that names it.
 *
 * @param path the name of the object in errors
 */
record JsonObject(String path, Map<?, ?> values) {

  boolean has(String key) {
    return values.containsKey(key);
  }

  JsonObject object(String key) throws NbdException {
    if (values.get(key) instanceof Map<?, ?> map) {
      return new JsonObject(name(key), map);
    }
    throw wrong(key, "an object");
  }

  /** The objects in it, by their keys. */
  Map<String, JsonObject> objects() throws NbdException {
    Map<String, JsonObject> objects = new LinkedHashMap<>();
    for (Object key : values.keySet()) {
      objects.put((String) key, object((String) key));
    }
    return objects;
  }

  String string(String key) throws NbdException {
    if (values.get(key) instanceof String string) {
      return string;
    }
    throw wrong(key, "a string");
  }

  List<String> strings(String key) throws NbdException {
    List<String> strings = new ArrayList<>();
    if (values.get(key) instanceof List<?> list) {
      for (Object element : list) {
        strings.add(String.valueOf(element));
      }
      return strings;
    }
    throw wrong(key, "a list");
  }

  /** A number from 0 to {@code most}. */
  long number(String key, long most) throws NbdException {
    if (values.get(key) instanceof Long number && number >= 0 && number <= most) {
      return number;
    }
    throw wrong(key, "a number from 0 to " + most);
  }

  /** A 64-bit number, which these headers contain as a string. */
  long longString(String key) throws NbdException {
    try {
      long number = Long.parseLong(string(key));
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw wrong(key, "a number in a string");
  }

  byte[] bytes(String key) throws NbdException {
    try {
      return Base64.getDecoder().decode(string(key));
    } catch (IllegalArgumentException e) {
      throw wrong(key, "in Base64");
    }
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private NbdException wrong(String key, String expected) {
    return LuksHeader.refused(
        "the LUKS header is damaged: its " + name(key) + " must be " + expected);
  }
}

"""WifiCore: prepaid WiFi and prepaid water for many small operators, one schema each."""

import type { CompanyType } from "@/shared/api/gql/graphql";

const shared = ["sku", "description", "unit", "price", "website_url", "image_url", "video_url", "payment_reminder"];

const product = [
  "product_name",
  ...shared,
  "category",
  "tags",
  "logistics_price",
  "free_delivery",
  "delivery_time_hours",
  "cities",
  "online",
  "stock_units",
  "supplier_contact",
  "supplier_company_services",
  "warehouse_address",
];

const service = [
  "service_name",
  ...shared,
  "service_category",
  "service_subcategory",
  "duration",
  "format",
  "location",
  "capacity",
  "included",
  "not_included",
  "what_guarantee",
  "what_not_guarantee",
  "suitable_for",
  "not_suitable_for",
  "specialist_initials",
  "specialist_area",
  "specialist_contact",
  "travel_fee",
  "free_travel_threshold",
  "slots_available",
  "company",
  "office_address",
  "details",
];

/** The columns that a heading can be mapped to, in the order in which they are offered. */
export function columnsFor(type: CompanyType): string[] {
  if (type === "PRODUCT") return product;
  if (type === "SERVICE") return service;
  return [...new Set([...product, ...service])];
}

/** `price_eur` and `price` are one column with two spellings. */
export function columnBase(key: string): string {
  return key.replace(/_eur$/, "");
}

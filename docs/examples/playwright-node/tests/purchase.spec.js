import { createServer } from "node:http";
import { expect, test } from "@playwright/test";
import { Account } from "./dintero.js";

const MUG = {
  id: "mug", line_id: "1", description: "Mug", quantity: 1,
  amount: 29900, vat_amount: 5980, vat: 25,
};

// A shop in a few lines: a page to come back to, and a callback. Yours would run beside the tests.
let shop;
const called = [];

test.beforeAll(async () => {
  shop = createServer((request, response) => {
    if (request.url.startsWith("/callback")) called.push(request.url);
    response.setHeader("content-type", "text/html");
    response.end("<h1>Thank you</h1>");
  });
  await new Promise((listening) => shop.listen(0, "127.0.0.1", listening));
});

test.afterAll(() => shop.close());

test("a customer buys a mug", async ({ page }) => {
  const account = new Account();
  const url = `http://127.0.0.1:${shop.address().port}`;
  const session = await account.createSession({
    profile_id: "default",
    url: { return_url: `${url}/return`, callback_url: `${url}/callback?method=POST` },
    order: {
      amount: 29900, currency: "NOK", vat_amount: 5980, merchant_reference: "order-1", items: [MUG],
    },
    express: {
      shipping_options: [
        { id: "home", line_id: "home", amount: 4900, vat: 25, vat_amount: 980, title: "Home", operator: "Posten" },
        { id: "shop", line_id: "shop", amount: 0, title: "Fetch it", operator: "" },
      ],
    },
  });

  await page.goto(session.url);
  await page.getByTestId("email").fill("kari@example.no");
  await page.getByTestId("phone").fill("+4791234567");
  await page.getByTestId("first-name").fill("Kari");
  await page.getByTestId("last-name").fill("Nordmann");
  await page.getByTestId("address-line").fill("Storgata 1");
  await page.getByTestId("postal-code").fill("0155");
  await page.getByTestId("postal-place").fill("Oslo");
  await page.getByTestId("submit-address").click();
  await page.getByTestId("shipping-option-home").click();
  await expect(page.getByTestId("order-total")).toContainText("348.00");

  await page.getByTestId("payment-method-dintero_psp.vipps").check();
  await page.getByTestId("pay").click();
  await page.getByTestId("vipps-next").click();
  await page.getByTestId("vipps-approve").click();
  await expect(page.getByRole("heading", { name: "Thank you" })).toBeVisible();

  const { transaction_id } = await account.session(session.id);
  expect(page.url()).toContain(`transaction_id=${transaction_id}`);
  const transaction = await account.transaction(transaction_id);
  expect(transaction).toMatchObject({ status: "AUTHORIZED", amount: 34800 });

  // Every callback that is due has been delivered when this answers.
  await account.tester("POST", "clock/advance", { seconds: 0 });
  expect(called).toHaveLength(1);
  expect(called[0]).toContain(transaction_id);
});
